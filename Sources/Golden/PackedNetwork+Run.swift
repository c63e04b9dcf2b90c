internal import CDotProducts
import Networks

extension PackedNetwork {
  /// Output positions whose sums are kept at a time: few enough for a core's cache, many enough for
  /// each weight that is read.
  private static var chunk: Int { 96 }

  /// [image][class] of a batch of images.
  func logits(_ images: [[Int32]], task: Int) -> [[Int64]] {
    guard !images.isEmpty else { return [] }
    var map = stored(images)
    for index in model.layers.indices {
      map = output(of: index, map, images.count, task: task)
    }
    let head = heads[task]
    let classes = model.head(of: task).outputChannels
    var logits: [[Int64]] = []
    forEachRow(of: head, map, images.count) { _, _, sums in
      logits.append((0..<classes).map { Int64(sums[$0]) })
    }
    return logits
  }

  /// Images [channel][row][column] as the first layer's input.
  private func stored(_ images: [[Int32]]) -> [Element] {
    let layer = model.layers[0]
    let shape = hidden[0][0].weights.input
    let positions = layer.size * layer.size
    var map = emptyMap(shape, images.count, offset: inputOffset)
    for (index, image) in images.enumerated() {
      for channel in 0..<layer.inputChannels {
        for position in 0..<positions {
          let (y, x) = position.quotientAndRemainder(dividingBy: layer.size)
          let pixel = (y + layer.padding) * shape.size + x + layer.padding
          map[index * shape.count + pixel * shape.channels + channel] = Element(
            truncatingIfNeeded: Int(image[channel * positions + position]) + inputOffset)
        }
      }
    }
    return map
  }

  private func emptyMap(
    _ shape: PackedWeights<Element>.MapShape, _ images: Int, offset: Int
  ) -> [Element] {
    Array(repeating: Element(truncatingIfNeeded: offset), count: images * shape.count)
  }

  /// The next layer's input, of a hidden layer's.
  private func output(of index: Int, _ map: [Element], _ images: Int, task: Int) -> [Element] {
    let layer = model.layers[index]
    let packed = hidden[task][index]
    let isLast = index + 1 == model.layers.count
    let next = isLast ? heads[task].input : hidden[task][index + 1].weights.input
    let padding = isLast ? 0 : model.layers[index + 1].padding
    let unpooled = PackedWeights<Element>.MapShape(
      size: layer.outputSize, channels: packed.weights.channels)
    var result = emptyMap(next, images, offset: offset)
    guard layer.isPooled else {
      activate(packed, map, images, index, task, into: &result, next, padding)
      return result
    }
    var activations = emptyMap(unpooled, images, offset: offset)
    activate(packed, map, images, index, task, into: &activations, unpooled, 0)
    pool(activations, unpooled, layer.pooledSize, images, into: &result, next, padding)
    return result
  }

  /// Writes a layer's activations into a map that has `padding` around them.
  private func activate(
    _ layer: Hidden, _ map: [Element], _ images: Int, _ index: Int, _ task: Int,
    into result: inout [Element], _ shape: PackedWeights<Element>.MapShape, _ padding: Int
  ) {
    let size = model.layers[index].outputSize
    let numbers = layer.requantizer
    result.withUnsafeMutableBufferPointer { result in
      numbers.multipliers.withUnsafeBufferPointer { multipliers in
        numbers.shifts.withUnsafeBufferPointer { shifts in
          numbers.add.withUnsafeBufferPointer { add in
            numbers.odd.withUnsafeBufferPointer { odd in
              numbers.negative.withUnsafeBufferPointer { negative in
                thresholds[task][index].withUnsafeBufferPointer { thresholds in
                  var requantizer = mime_requantizer(
                    channels: layer.weights.channels, multipliers: multipliers.baseAddress,
                    shifts: Self.words(shifts), add: Self.words(add), odd: Self.words(odd),
                    negative: Self.words(negative), low: Int64(model.clamp.lowerBound),
                    high: Int64(model.clamp.upperBound), offset: Int64(offset))
                  forEachRow(of: layer.weights, map, images) { image, position, sums in
                    let (y, x) = position.quotientAndRemainder(dividingBy: size)
                    let pixel = (y + padding) * shape.size + x + padding
                    Element.activate(
                      set, &requantizer, sums,
                      thresholds.baseAddress! + position * layer.weights.channels,
                      result.baseAddress! + image * shape.count + pixel * shape.channels)
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  /// The same numbers as C names them.
  private static func words(_ values: UnsafeBufferPointer<Int>) -> UnsafePointer<Int64> {
    UnsafeRawPointer(values.baseAddress!).assumingMemoryBound(to: Int64.self)
  }

  /// Computes the sums of each image's output positions, and hands on those of one after the other.
  private func forEachRow(
    of weights: PackedWeights<Element>, _ map: [Element], _ images: Int,
    _ body: (_ image: Int, _ position: Int, _ sums: UnsafePointer<Int32>) -> Void
  ) {
    let positions = weights.rows.count
    let count = images * positions
    var rows = [Int](repeating: 0, count: min(Self.chunk, count))
    var sums = [Int32](repeating: 0, count: rows.count * weights.channels)
    weights.taps.withUnsafeBufferPointer { taps in
      weights.start.withUnsafeBufferPointer { start in
        var reduction = mime_reduction(
          taps: taps.baseAddress, tap_count: taps.count, run: weights.run,
          channels: weights.channels, start: start.baseAddress)
        for first in stride(from: 0, to: count, by: Self.chunk) {
          let chunk = min(Self.chunk, count - first)
          for row in 0..<chunk {
            let (image, position) = (first + row).quotientAndRemainder(dividingBy: positions)
            rows[row] = image * weights.input.count + weights.rows[position]
          }
          rows.withUnsafeBufferPointer { rows in
            sums.withUnsafeMutableBufferPointer { sums in
              Element.sums(
                set, &reduction, map, UnsafeBufferPointer(rebasing: rows[..<chunk]),
                weights.weights, sums.baseAddress!)
              for row in 0..<chunk {
                let (image, position) = (first + row).quotientAndRemainder(dividingBy: positions)
                body(
                  image, position, UnsafePointer(sums.baseAddress! + row * weights.channels))
              }
            }
          }
        }
      }
    }
  }

  /// Writes 2x2 maxima into a map that has `padding` around them.
  private func pool(
    _ map: [Element], _ shape: PackedWeights<Element>.MapShape, _ size: Int, _ images: Int,
    into result: inout [Element], _ pooled: PackedWeights<Element>.MapShape, _ padding: Int
  ) {
    let channels = shape.channels
    map.withUnsafeBufferPointer { map in
      result.withUnsafeMutableBufferPointer { result in
        for image in 0..<images {
          for y in 0..<size {
            for x in 0..<size {
              let upper =
                map.baseAddress! + image * shape.count + (2 * y * shape.size + 2 * x) * channels
              let lower = upper + shape.size * channels
              let pixel = (y + padding) * pooled.size + x + padding
              let target = result.baseAddress! + image * pooled.count + pixel * channels
              for c in 0..<channels {
                target[c] = max(
                  max(upper[c], upper[channels + c]), max(lower[c], lower[channels + c]))
              }
            }
          }
        }
      }
    }
  }
}
