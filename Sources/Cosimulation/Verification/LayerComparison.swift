import Golden
import Mapping
import Networks

/// The comparison of a layer of a batch with the golden model, level by level.
struct LayerComparison {
  /// Numbers that differ, of each task.
  let mismatches: [Int]
  /// The first that left the core.
  let first: Mismatch?
  /// The number of its result beat in the layer.
  let firstBeat: Int?

  init(
    _ outputs: [ImageOutputs], _ expected: [ExpectedOutputs], _ mapping: LayerMapping,
    of model: Model
  ) {
    var counts = [Int](repeating: 0, count: model.tasks.count)
    var pooledMismatch: Mismatch?
    for group in mapping.groups {
      for image in group.images {
        let (own, want) = (outputs[image], expected[image])
        let place = mapping.batch.images[image]
        counts[place.task] +=
          Self.differences(own.accumulators, want.accumulators)
          + Self.differences(own.mask, want.mask)
          + Self.differences(own.activations, want.activations)
          + Self.differences(own.nonzero, want.activations.map { $0 != 0 })
        guard let wanted = want.pooled, group.layer.isPooled else { continue }
        let pooled = own.pooled(group.layer)
        let different = Self.differences(pooled, wanted)
        counts[place.task] += different
        if different > 0, pooledMismatch == nil {
          let index = pooled.indices.first { pooled[$0] != wanted[$0] }!
          let size = group.layer.pooledSize
          pooledMismatch = Mismatch(
            task: model.tasks[place.task], image: place.image, layer: group.layer.name,
            level: .pooled, channel: index / (size * size), row: index % (size * size) / size,
            column: index % size, expected: Int64(wanted[index]), actual: Int64(pooled[index]))
        }
      }
    }
    mismatches = counts
    let earliest =
      counts.contains { $0 > 0 } ? Self.earliest(outputs, expected, mapping, of: model) : nil
    first = earliest?.mismatch ?? pooledMismatch
    firstBeat = earliest?.beat
  }

  private static func differences<Value: Equatable>(_ a: [Value], _ b: [Value]) -> Int {
    a == b ? 0 : zip(a, b).count { $0 != $1 }
  }

  /// The first differing number in the order in which the core gave them.
  private static func earliest(
    _ outputs: [ImageOutputs], _ expected: [ExpectedOutputs], _ mapping: LayerMapping,
    of model: Model
  ) -> (mismatch: Mismatch, beat: Int)? {
    var cursor = ResultCursor(mapping)
    while let place = cursor.next() {
      let tile = place.tile
      let group = mapping.groups[tile.group]
      let (image, position) = group.place(ofSlot: tile.slots.lowerBound + place.row)
      for lane in 0..<mapping.array.lanes {
        let column = lane * mapping.array.groups + place.group
        guard column < tile.channels.count else { continue }
        let channel = tile.channels.lowerBound + column
        let index = channel * group.layer.positions + position
        let (own, want) = (outputs[image], expected[image])
        let levels: [(Level, Int64, Int64)] = [
          (
            mapping.isHead ? .logit : .accumulator, own.accumulators[index],
            want.accumulators[index]
          ),
          (.mask, own.mask[index] ? 1 : 0, want.mask[index] ? 1 : 0),
          (.activation, Int64(own.activations[index]), Int64(want.activations[index])),
          (.nonzero, own.nonzero[index] ? 1 : 0, want.activations[index] != 0 ? 1 : 0),
        ]
        guard let (level, actual, wanted) = levels.first(where: { $0.1 != $0.2 }) else { continue }
        let source = mapping.batch.images[image]
        let mismatch = Mismatch(
          task: model.tasks[source.task], image: source.image, layer: group.layer.name,
          level: level, channel: channel, row: position / group.layer.outputSize,
          column: position % group.layer.outputSize, expected: wanted, actual: actual)
        return (mismatch, cursor.beats - 1)
      }
    }
    return nil
  }
}
