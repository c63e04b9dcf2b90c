import Foundation
import Golden
import Machine
import Mapping
import Networks
import Testing

@testable import Cosimulation
@testable import Programs

/// The statistical model beside the exact one, on networks that `mimegen regress` draws.
@Suite struct StatisticalModelTests {
  /// Given the measured fractions, all that is linear in them is exact, layer by layer and task by task.
  @Test(arguments: 1...40) func linearEventsAreExact(seed: UInt64) throws {
    let accelerator = try DrawnAccelerator.small(seed)
    let shape = try AcceleratorShape(accelerator.parameters)
    for (number, network) in accelerator.networks.enumerated() {
      let measured = try Measured(
        network, on: shape, skips: true, parts: number == 0 ? 2 : 1)
      for assumption in [ZeroAssumption.mean, .histogram] {
        try expectEqual(
          measured.model(assumption), measured.exact, but: CrossValidation.nonlinear,
          "seed \(seed), network \(number): \(network.text)")
      }
    }
  }

  /// Without skips every event is exact, whatever is assumed of common zeros.
  @Test(arguments: 41...80) func everyEventIsExactWithoutSkips(seed: UInt64) throws {
    let accelerator = try DrawnAccelerator.small(seed)
    let shape = try AcceleratorShape(accelerator.parameters)
    for (number, network) in accelerator.networks.enumerated() {
      let measured = try Measured(
        network, on: shape, skips: false, parts: number == 0 ? 2 : 1)
      for assumption in ZeroAssumption.allCases {
        try expectEqual(
          measured.model(assumption), measured.exact, but: [],
          "seed \(seed), network \(number): \(network.text)")
      }
    }
  }

  private func expectEqual(
    _ model: RunCounts, _ exact: RunCounts, but left: Set<String>, _ place: String
  ) throws {
    #expect(model.provenance == .statistical && exact.provenance == .exact)
    #expect(model.images == exact.images && model.tasks == exact.tasks)
    #expect(model.transfers == exact.transfers, "\(place)")
    #expect(model.layers.map(\.name) == exact.layers.map(\.name))
    for (own, other) in zip(model.layers, exact.layers) {
      for (number, counter) in Machine.acceleratorCounters.enumerated()
      where !left.contains(counter.name) {
        #expect(
          own.counts.values[number] == other.counts.values[number],
          "\(counter.name) of \(own.name), \(place)")
      }
      let causes = ["compute", "stall.drain", "stall.operand", "drain"]
      #expect(own.counts("cycle.total") == causes.reduce(0) { $0 + own.counts("cycle.\($1)") })
    }
  }

  /// The exact model's words are the geometry's.
  @Test func geometryIsThePlans() throws {
    let accelerator = try DrawnAccelerator.small(7)
    let shape = try AcceleratorShape(accelerator.parameters)
    for network in accelerator.networks {
      let image = try NetworkImage(network.model, on: shape, orders: network.orders)
      for layer in 0...network.model.layers.count {
        let plan = image.plan(ofLayer: layer, task: 0)
        let last = layer == 0 ? nil : network.model.layers[layer - 1]
        let pass = PassGeometry(
          LayerShape(plan.layer, after: last), on: shape, isFirst: layer == 0,
          isHead: plan.isHead, order: plan.order, runs: [.init(task: 0, images: 2)],
          thresholdForm: nil, keepsResident: true)
        #expect(pass.takesWindows == plan.takesWindows)
        #expect(pass.steps == plan.steps && pass.words == plan.wordSteps)
        #expect(pass.positions == plan.positions.count)
        #expect(pass.blocks == plan.columnBlocks(shape).count)
        #expect(pass.inputPlaces == plan.input.imagePlaces)
        #expect(pass.lastChannels == plan.input.lastChannels)
        if let output = plan.output { #expect(pass.outputPlaces == output.imagePlaces) }
      }
    }
  }

  /// Live rows of every tile and tap, beside a walk over them.
  @Test(arguments: 1...60) func liveRowsAreCounted(seed: UInt64) throws {
    var draw = Draw(seed: seed)
    var sizes = AcceleratorSizes()
    sizes.rows = draw.number(1...17)
    let isPooled = draw.once(in: 2)
    let layer = try LayerShape(
      "layer", inputChannels: 3, outputChannels: 4,
      size: Extent(draw.number(3...7), draw.number(3...7)),
      kernel: Extent(draw.number(1...3), draw.number(1...3)),
      stride: Extent(draw.number(1...2), draw.number(1...2)), padding: Extent(1, draw.number(0...1))
    )
    let order = isPooled ? SlotOrder.windows : .rows
    let runs = (0..<draw.number(1...3)).map {
      PassGeometry.Run(task: $0, images: draw.number(1...2))
    }
    let pass = PassGeometry(
      layer, on: try AcceleratorShape(modelled: sizes), isFirst: false, isHead: false, order: order,
      runs: runs, thresholdForm: nil, keepsResident: true)
    guard pass.tiles <= 96 else { return }
    var counted: [[Int]: Double] = [:]
    for group in LiveRows(pass).groups {
      for entry in group.entries {
        var key = [Int](repeating: 0, count: 2 * runs.count)
        for share in [entry.first] + entry.others {
          key[2 * share.run] += share.rows
          key[2 * share.run + 1] += share.live
        }
        counted[key, default: 0] += entry.weight
      }
    }
    #expect(counted == walked(pass))
  }

  /// By rows and live rows of each run, the (tile, tap) pairs.
  private func walked(_ pass: PassGeometry) -> [[Int]: Double] {
    let (layer, output) = (pass.layer, pass.layer.output)
    var positions: [(y: Int, x: Int)] = []
    if pass.order == .rows {
      for y in 0..<output.height { for x in 0..<output.width { positions.append((y, x)) } }
    } else {
      for y in stride(from: 0, to: output.height, by: 2) {
        for x in stride(from: 0, to: output.width, by: 2) {
          positions += [(y, x), (y, x + 1), (y + 1, x), (y + 1, x + 1)].filter {
            $0.0 < output.height && $0.1 < output.width
          }
        }
        guard y + 1 == output.height else { continue }
        positions.removeLast(output.width)
        for x in 0..<output.width { positions.append((y, x)) }
      }
    }
    let slots = pass.runs.indices.flatMap { run in
      (0..<pass.runs[run].images).flatMap { _ in positions.map { (run: run, position: $0) } }
    }
    var counted: [[Int]: Double] = [:]
    for first in stride(from: 0, to: slots.count, by: pass.shape.rows) {
      let tile = slots[first..<min(first + pass.shape.rows, slots.count)]
      for ky in 0..<layer.kernel.height {
        for kx in 0..<layer.kernel.width {
          var key = [Int](repeating: 0, count: 2 * pass.runs.count)
          for (run, position) in tile {
            let y = position.y * layer.stride.height + ky - layer.padding.height
            let x = position.x * layer.stride.width + kx - layer.padding.width
            key[2 * run] += 1
            if 0..<layer.size.height ~= y, 0..<layer.size.width ~= x { key[2 * run + 1] += 1 }
          }
          counted[key, default: 0] += 1
        }
      }
    }
    return counted
  }

  /// Images whose zeros are independent: what independence says comes out.
  @Test(arguments: [(4, 8), (6, 3), (16, 16)]) func independentZerosAreExpected(
    rows: Int, columns: Int
  ) throws {
    let model = try SyntheticModel.make(
      seed: 3,
      layers: [
        .convolution("conv", inputChannels: 40, outputChannels: 5, size: 24, isPooled: rows == 4)
      ], tasks: 1)
    let shape = try AcceleratorShape(["ROWS": rows, "COLS": columns, "ACT_BUFFER_KB": 1024])
    var options = Program.Options()
    options.skips = true
    let images = SyntheticModel.images(for: model, count: 2, seed: 9)
    let batch = Batch(images: [0, 1].map { BatchImage(task: 0, image: $0) })
    let measured = try Measured(
      NetworkImage(model, on: shape), [(batch, images)], options)
    let own = try measured.model(.independent).layers[0].counts
    let exact = measured.exact.layers[0].counts
    for event in ["act.beat", "mac.gated", "cycle.total"] {
      #expect(abs(Double(own.total(event)) / Double(exact.total(event)) - 1) < 0.005, "\(event)")
    }
    let skipped = Double(exact.total("step.skipped"))
    // Fewer than a step of each tile is off.
    #expect(abs(Double(own.total("step.skipped")) - skipped) < 0.05 * skipped + 300)
  }
}
