import Mapping
import Networks

/// Every tile of a layer walked PE by PE and step by step, straight from the definitions: the
/// referee of the mapping and of the closed forms, and user of neither.
struct TileWalk {
  struct Tile: Equatable {
    var owner: Int
    var slots: [Slot]
    var channels: [Int]
  }

  struct Slot: Equatable {
    var image: Int
    var y: Int
    var x: Int
  }

  let model: Model
  let layer: Int
  let batch: Batch
  let array: ArrayShape
  let inputs: [[Int32]]
  let masks: [[Bool]]

  /// The tiles in order.
  var tiles: [Tile] {
    var groups: [(owner: Int, images: [Int])] = []
    for (place, image) in batch.images.enumerated() {
      if let group = groups.firstIndex(where: {
        model.sharesWeights(inLayer: layer) || $0.owner == image.task
      }) {
        groups[group].images.append(place)
      } else {
        groups.append((image.task, [place]))
      }
    }
    var tiles: [Tile] = []
    for (owner, images) in groups {
      let layer = model.geometry(ofLayer: layer, task: owner)
      var slots: [Slot] = []
      for image in images {
        for y in 0..<layer.walkedSize {
          for x in 0..<layer.walkedSize { slots.append(Slot(image: image, y: y, x: x)) }
        }
      }
      var channels = Array(0..<layer.outputChannels)
      while !channels.isEmpty {
        var left = slots
        while !left.isEmpty {
          tiles.append(
            Tile(
              owner: owner, slots: Array(left.prefix(array.rows)),
              channels: Array(channels.prefix(array.columns))))
          left = Array(left.dropFirst(array.rows))
        }
        channels = Array(channels.dropFirst(array.columns))
      }
    }
    return tiles
  }

  /// What a slot reads at step `step` of the reduction.
  func activation(_ slot: Slot, step: Int, in layer: Layer) -> Int32 {
    let channel = step / (layer.kernel * layer.kernel)
    let y = slot.y * layer.stride + step / layer.kernel % layer.kernel - layer.padding
    let x = slot.x * layer.stride + step % layer.kernel - layer.padding
    guard (0..<layer.size).contains(y), (0..<layer.size).contains(x) else { return 0 }
    return inputs[slot.image][(channel * layer.size + y) * layer.size + x]
  }

  /// The events of all tiles.
  var events: LayerEvents {
    var events = LayerEvents(
      layer: model.geometry(ofLayer: layer, task: 0).name, taskCount: model.tasks.count)
    let isHead = layer == model.layers.count
    let drain = array.rows * array.groups
    for (number, tile) in tiles.enumerated() {
      let layer = model.geometry(ofLayer: layer, task: tile.owner)
      let steps = layer.inputChannels * layer.kernel * layer.kernel
      for step in 0..<steps {
        for row in 0..<array.rows {
          for column in 0..<array.columns {
            guard row < tile.slots.count, column < tile.channels.count else {
              events[.slotIdle] += 1
              continue
            }
            let slot = tile.slots[row]
            let isActive = activation(slot, step: step, in: layer) != 0
            events[isActive ? .macActive : .macGated, task: batch.images[slot.image].task] += 1
          }
        }
        events[.actBeat] += 1
        events[.weightBeat] += 1
        events[.weightWord] += tile.channels.count
        for slot in tile.slots { events[.actWord, task: batch.images[slot.image].task] += 1 }
      }
      events[.channelBeat] += array.groups
      events[.thresholdBeat] += drain
      for slot in tile.slots {
        events[.resultBeat] += array.groups
        let task = batch.images[slot.image].task
        for channel in tile.channels {
          events[.resultWord, task: task] += 1
          guard !isHead else { continue }
          events[.thresholdCompare, task: task] += 1
          let side = layer.walkedSize
          let passes = masks[slot.image][(channel * side + slot.y) * side + slot.x]
          events[passes ? .requantize : .thresholdMasked, task: task] += 1
        }
      }
      // The law of docs/core.md, tile by tile.
      events[.cycleCompute] += steps
      events[.cycleTotal] += number == 0 ? steps : max(steps, drain)
    }
    events[.cycleStallDrain] = events[.cycleTotal] - events[.cycleCompute]
    events[.cycleDrain] = drain + array.rows + array.columns - 2 + 5
    events[.cycleTotal] += events[.cycleDrain]
    return events
  }
}

extension Layer {
  /// Height and width of the output: how often the kernel fits the padded input.
  var walkedSize: Int {
    var places = 0
    var end = kernel
    while end <= size + 2 * padding {
      places += 1
      end += stride
    }
    return places
  }
}
