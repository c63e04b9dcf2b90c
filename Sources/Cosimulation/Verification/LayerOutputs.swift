import Golden
import Networks

/// What the core gave for one image of a layer, [channel][position] before pooling.
struct ImageOutputs: Sendable {
  var accumulators: [Int64]
  var mask: [Bool]
  var activations: [Int32]
  /// The core's own nonzero bits.
  var nonzero: [Bool]

  init(_ layer: Layer) {
    accumulators = Array(repeating: 0, count: layer.outputCount)
    mask = Array(repeating: false, count: layer.outputCount)
    activations = Array(repeating: 0, count: layer.outputCount)
    nonzero = mask
  }

  /// 2x2 max-pool of stride 2 where the layer pools; odd last rows and columns are dropped.
  func pooled(_ layer: Layer) -> [Int32] {
    guard layer.isPooled else { return activations }
    let (size, half) = (layer.outputSize, layer.pooledSize)
    var result: [Int32] = []
    result.reserveCapacity(layer.pooledOutputCount)
    for channel in 0..<layer.outputChannels {
      for y in 0..<half {
        let top = (channel * size + 2 * y) * size
        for x in 0..<half {
          let corner = top + 2 * x
          result.append(
            max(
              max(activations[corner], activations[corner + 1]),
              max(activations[corner + size], activations[corner + size + 1])))
        }
      }
    }
    return result
  }
}

/// What the golden model expects the core to give for one image of a layer.
struct ExpectedOutputs: Sendable {
  let accumulators: [Int64]
  let mask: [Bool]
  let activations: [Int32]
  /// After pooling; nil for a head.
  let pooled: [Int32]?

  init(_ result: LayerResult) {
    accumulators = result.accumulators
    mask = result.mask
    activations = result.activations
    pooled = result.pooled
  }

  /// A head's: raw accumulators, whose mask is 1 and whose activation is 0.
  init(logits: [Int64]) {
    accumulators = logits
    mask = Array(repeating: true, count: logits.count)
    activations = Array(repeating: 0, count: logits.count)
    pooled = nil
  }
}

/// The levels at which a layer is compared, in the order of the data's way.
public enum Level: String, Sendable, CaseIterable {
  case accumulator, mask, activation, nonzero, pooled, logit
  case predictedClass = "class"
}

/// One number of the core that differs from the golden model.
public struct Mismatch: Sendable, Equatable, CustomStringConvertible {
  public let task: String
  /// The image's number within its task.
  public let image: Int
  public let layer: String
  public let level: Level
  public let channel, row, column: Int
  public let expected, actual: Int64

  public var description: String {
    "task \(task), image \(image), layer \(layer), channel \(channel), row \(row), "
      + "column \(column): the \(level.rawValue) must be \(expected) and is \(actual)"
  }
}
