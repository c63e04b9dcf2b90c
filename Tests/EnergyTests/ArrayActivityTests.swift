import Cosimulation
import Golden
import Mapping
import Networks
import Testing

@testable import Programs

/// What the array does over time and place sums to the counters, exactly.
@Suite struct ArrayActivityTests {
  private struct Setup {
    let run: ExactRun
    let maps: (Batch) -> GoldenMaps

    /// Five images of three tasks in two batches, on an array of `rows` rows and `columns` columns.
    init(_ mode: Model.Mode, rows: Int, columns: Int, skips: Bool) throws {
      let model = try SyntheticModel.make(
        seed: 5, layers: ExactRunTests.layers, tasks: 3, classes: 7, mode: mode)
      let golden = try GoldenModel(model)
      let shape = try AcceleratorShape(
        ["ROWS": rows, "COLS": columns, "AXI_DATA_WIDTH": 64, "FEED_BANKS": 1])
      var options = Program.Options()
      options.skips = skips
      run = ExactRun(
        try NetworkImage(model, on: shape),
        batches: [[0, 1, 0], [2, 1]].map { tasks in
          Batch(images: tasks.enumerated().map { BatchImage(task: $1, image: $0) })
        }, options: options)
      let images = (0..<3).map { SyntheticModel.images(for: model, count: 3, seed: UInt64($0)) }
      maps = { batch in
        let own = batch.images.map { images[$0.task][$0.image] }
        return GoldenMaps(
          images: own,
          inferences: zip(batch.images, own).map { golden.infer($1, task: $0.task) })
      }
    }

    var shape: AcceleratorShape { run.network.shape }

    func counts(of batch: Batch) throws -> RunCounts {
      try ExactRun(run.network, batches: [batch], options: run.options).counts(maps: maps)
    }
  }

  @Test(arguments: [Model.Mode.mime, .conventional], [(1, 1), (4, 4), (5, 3), (64, 2)])
  func elementsSumToActive(mode: Model.Mode, size: (rows: Int, columns: Int)) throws {
    for skips in [false, true] {
      let setup = try Setup(mode, rows: size.rows, columns: size.columns, skips: skips)
      let active = try setup.run.activeOfElements(maps: setup.maps)
      #expect(active.count == size.rows)
      #expect(active.allSatisfy { $0.count == size.columns })
      let total = try setup.run.counts(maps: setup.maps).total.total("mac.active")
      #expect(total > 0)
      #expect(active.joined().reduce(0, +) == total)
      #expect(active == direct(setup))
    }
  }

  /// The same from the definition: each image's position takes a row, from a tile's highest one down, and reads
  /// the kernel's window of the golden map.
  private func direct(_ setup: Setup) -> [[Int]] {
    let (network, rows) = (setup.run.network, setup.shape.rows)
    let model = network.model
    var active = [[Int]](
      repeating: [Int](repeating: 0, count: setup.shape.columns), count: rows)
    for batch in setup.run.batches {
      let maps = setup.maps(batch)
      for layer in 0...model.layers.count {
        let groups = batch.tasks.map { task in
          batch.images.indices.filter { batch.images[$0].task == task }
        }
        for images in model.sharesWeights(inLayer: layer) ? [groups.flatMap { $0 }] : groups {
          let task = batch.images[images[0]].task
          let geometry = model.geometry(ofLayer: layer, task: task)
          let reads = images.flatMap { image in
            network.plan(ofLayer: layer, task: task).positions.map {
              nonzero(in: maps.inputs[layer][image], geometry, at: $0)
            }
          }
          for (slot, count) in reads.enumerated() {
            let used = min(rows, reads.count - slot / rows * rows)
            for channel in 0..<geometry.outputChannels {
              active[used - 1 - slot % rows][channel % setup.shape.columns] += count
            }
          }
        }
      }
    }
    return active
  }

  /// Nonzero values in the window of an output position.
  private func nonzero(in map: [Int32], _ layer: Layer, at position: Int) -> Int {
    guard layer.kind == .convolution else { return map.count { $0 != 0 } }
    var count = 0
    for channel in 0..<layer.inputChannels {
      for tap in 0..<layer.kernel * layer.kernel {
        let y = position / layer.outputSize * layer.stride + tap / layer.kernel - layer.padding
        let x = position % layer.outputSize * layer.stride + tap % layer.kernel - layer.padding
        guard 0..<layer.size ~= y, 0..<layer.size ~= x else { continue }
        if map[(channel * layer.size + y) * layer.size + x] != 0 { count += 1 }
      }
    }
    return count
  }

  @Test(arguments: [Model.Mode.mime, .conventional], [false, true])
  func intervalsSumToTheCounters(mode: Model.Mode, skips: Bool) throws {
    let setup = try Setup(mode, rows: 4, columns: 3, skips: skips)
    for batch in setup.run.batches {
      let counts = try setup.counts(of: batch)
      let cycles = counts.layers.reduce(0) { $0 + $1.counts("cycle.total") }
      let fine = try setup.run.timeline(
        of: batch, intervals: cycles, maps: setup.maps(batch))
      #expect(fine.cycles == cycles)
      #expect(fine.length == 1)
      #expect(fine.starts.map(\.layer) == [0, 1, 2, 3])
      for (name, sum) in [
        ("mac.active", fine.intervals.reduce(0) { $0 + $1.active }),
        ("mac.gated", fine.intervals.reduce(0) { $0 + $1.gated }),
        ("slot.idle", fine.intervals.reduce(0) { $0 + $1.idle }),
      ] {
        #expect(sum == counts.total.total(name), "\(name)")
      }
      // Every element has a part in a step, and there is none in the other cycles.
      let used = fine.intervals.map { $0.active + $0.gated + $0.idle }
      #expect(used.allSatisfy { $0 == 0 || $0 == 12 })
      #expect(used.count { $0 == 12 } == counts.total("cycle.compute"))
      #expect(fine.intervals.allSatisfy { $0.capacity == 12 })

      let coarse = try setup.run.timeline(of: batch, intervals: 7, maps: setup.maps(batch))
      #expect(coarse.length == (cycles + 6) / 7)
      #expect(coarse.intervals.count <= 7)
      for (place, interval) in coarse.intervals.enumerated() {
        let own = fine.intervals[
          place * coarse.length..<min((place + 1) * coarse.length, cycles)]
        #expect(interval.active == own.reduce(0) { $0 + $1.active })
        #expect(interval.gated == own.reduce(0) { $0 + $1.gated })
        #expect(interval.idle == own.reduce(0) { $0 + $1.idle })
        #expect(interval.capacity == own.count * 12)
      }
    }
  }

  /// What is said to be stored is what the memory's image holds.
  @Test(arguments: [Model.Mode.mime, .conventional], [false, true])
  func storesWhatTheImageHolds(mode: Model.Mode, packs: Bool) throws {
    let model = try SyntheticModel.make(
      seed: 5, layers: ExactRunTests.layers, tasks: 3, classes: 7, mode: mode)
    for size in [(1, 1), (4, 4), (3, 16)] {
      let shape = try AcceleratorShape(["ROWS": size.0, "COLS": size.1, "AXI_DATA_WIDTH": 64])
      let network = try NetworkImage(model, on: shape, packsThresholds: packs)
      let stored = network.storedNumbers
      func held(_ kind: MemoryImage.Kind) -> Int {
        network.memory.regions.filter { $0.kind == kind }.reduce(0) { $0 + $1.bytes }
      }
      #expect(stored.reduce(0) { $0 + $1.weights } == held(.weights))
      #expect(stored.reduce(0) { $0 + $1.channels } == held(.channels))
      #expect(stored.reduce(0) { $0 + $1.thresholds } == held(.thresholds))
      #expect((mode == .mime) == (held(.thresholds) > 0))
    }
  }
}
