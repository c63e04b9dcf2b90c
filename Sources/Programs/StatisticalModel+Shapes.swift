import Machine
import Mapping
import Networks

extension StatisticalModel {
  /// Of `events`, what shapes alone decide, layer by layer: those of `countShapes`.
  public func shapeCounts(
    on shape: AcceleratorShape, _ workload: Workload, _ options: Options
  ) -> [Counts] {
    let tasks = max(shape.runs, network.tasks.count)
    return (0..<network.layerCount).map { layer in
      var counts = CountBuilder(tasks: tasks)
      for (runs, count) in workload.batches {
        for runs in variants(layer, runs) {
          geometry(layer, runs, on: shape, options).countShapes(times: count, into: &counts)
        }
      }
      return counts.counts
    }
  }
}

extension RunCounts {
  /// Takes the counts of the events `names` in each layer from `layers`.
  public mutating func take(_ names: Set<String>, from layers: [Counts]) {
    let numbers = Machine.acceleratorCounters.indices.filter {
      names.contains(Machine.acceleratorCounters[$0].name)
    }
    for (place, counts) in layers.enumerated() {
      var values = self.layers[place].counts.values
      for number in numbers { values[number] = counts.values[number] }
      self.layers[place].counts = Counts(values: values)
    }
  }
}

extension RunCounts {
  /// Cycles of the run, and no fewer than the memory needs at `bytesPerCycle` in each direction for what
  /// each layer, and the transfers, move: a bound from below.
  ///
  /// - Parameter busWidth: bits of a beat.
  public func boundedCycles(busWidth: Int, bytesPerCycle: Int) -> Int {
    let reads = ["weight", "threshold", "channel", "activation", "program"].map { "dram.\($0)" }
    return (layers.map(\.counts) + [transfers]).reduce(0) { sum, counts in
      let read = reads.reduce(0) { $0 + counts($1) }
      let beats = max(read, counts("dram.write"))
      return sum
        + max(counts("cycle.total"), (beats * busWidth / 8).dividedRoundingUp(by: bytesPerCycle))
    }
  }
}
