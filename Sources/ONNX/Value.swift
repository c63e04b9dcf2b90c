import Networks

/// What the interpreter knows of a value of the graph.
enum Value {
  case constant(Constant)
  /// Sizes of a tensor, one after the other; nil where the number of images stands.
  case sizes([Int?], isScalar: Bool)
  case activation(Activation)
  case sum(Sum)
  /// y >= t of each neuron, as truth values or as ones and zeros.
  case mask(Mask)
  /// A step of the integer arithmetic that requantizes.
  case expression(Expression)

  /// What an error calls it.
  var description: String {
    switch self {
    case .constant: "a constant"
    case .sizes: "sizes of a tensor"
    case .activation(let activation):
      activation.layer == nil ? "the network's input" : "activations"
    case .sum: "the sums of a layer, without an activation function behind them"
    case .mask: "a mask"
    case .expression: "sums on their way through a requantization"
    }
  }
}

/// Images, or what a layer gives: sums where they reach their threshold, and zeros.
struct Activation {
  /// The layer that gives it; nil for the network's input.
  var layer: HiddenLayer?
  /// Without the number of images.
  var shape: [Int]
  /// The channels and the height and width of the map that its numbers are, row-major; nil if they have
  /// never been one.
  var map: ActivationMap?
  var coding: Coding
  /// Of images that are integers, whatever they are cast to.
  var imageFormat: ActivationFormat?
  /// A factor and an offset of each channel that are still to be applied.
  var affine: ChannelAffine?
  /// A mean of windows, or of the whole map, that is still to be taken.
  var average: Average?
  /// Zeros around the map, still to be put there.
  var padding = 0

  enum Coding: Equatable {
    /// Real numbers; multiples of `step` where they come from integers.
    case real(step: Float?)
    /// Integers of a format.
    case codes(ActivationFormat)
    /// Integer sums that have passed their thresholds and are not requantized.
    case sums
  }

  enum Average: Equatable {
    /// Means of windows of `kernel` rows and columns, each `stride` behind the other.
    case windows(kernel: Int, stride: Int)
    /// The mean over the map, or the sum.
    case whole(isMean: Bool)
  }

  /// Values of an image.
  var count: Int { shape.reduce(1, *) }

  /// Whether nothing is still to be applied.
  var isPlain: Bool { affine == nil && average == nil && padding == 0 }
}

struct ActivationMap: Equatable {
  let channels: Int
  let size: Int
  var count: Int { channels * size * size }
}

/// a * factor + offset of each channel.
struct ChannelAffine {
  var factors: [Double]
  var offsets: [Double]

  /// The factor, if all channels have it and no offset.
  var uniformFactor: Double? {
    offsets.allSatisfy { $0 == 0 } && factors.allSatisfy { $0 == factors[0] } ? factors[0] : nil
  }
}

/// A hidden layer: its sums, and what follows them.
final class HiddenLayer {
  let sum: Sum
  /// Nil for ReLU.
  let thresholds: Thresholds?
  let isPooled: Bool
  /// Limits of what goes on, in real numbers; in the steps of a quantizer behind it.
  let limits: ClosedRange<Float>?
  let requantizer: Requantizer?

  enum Thresholds {
    /// [outputChannels][positions], before pooling.
    case reals([Float])
    case integers([Int64])

    var areZero: Bool {
      switch self {
      case .reals(let values): values.allSatisfy { $0 == 0 }
      case .integers(let values): values.allSatisfy { $0 == 0 }
      }
    }

    var areNegative: Bool {
      switch self {
      case .reals(let values): values.contains { $0 < 0 }
      case .integers(let values): values.contains { $0 < 0 }
      }
    }
  }

  init(
    _ sum: Sum, thresholds: Thresholds?, isPooled: Bool = false,
    limits: ClosedRange<Float>? = nil, requantizer: Requantizer? = nil
  ) {
    self.sum = sum
    self.thresholds = thresholds
    self.isPooled = isPooled
    self.limits = limits
    self.requantizer = requantizer
  }

  func pooled() -> HiddenLayer {
    HiddenLayer(
      sum, thresholds: thresholds, isPooled: true, limits: limits, requantizer: requantizer)
  }

  func withoutThresholds() -> HiddenLayer {
    HiddenLayer(
      sum, thresholds: nil, isPooled: isPooled, limits: limits, requantizer: requantizer)
  }

  func limited(to limits: ClosedRange<Float>) -> HiddenLayer {
    HiddenLayer(
      sum, thresholds: thresholds, isPooled: isPooled, limits: limits, requantizer: requantizer)
  }

  func requantized(_ requantizer: Requantizer) -> HiddenLayer {
    HiddenLayer(
      sum, thresholds: thresholds, isPooled: isPooled, limits: limits, requantizer: requantizer)
  }

  /// What the next layer can be given, in the sums' own numbers.
  func activation(_ coding: Activation.Coding) -> Activation {
    let size = isPooled ? sum.layer.outputSize / 2 : sum.layer.outputSize
    let isMap = sum.layer.kind == .convolution
    let channels = sum.layer.outputChannels
    return Activation(
      layer: self, shape: isMap ? [channels, size, size] : sum.shape,
      map: ActivationMap(channels: channels, size: isMap ? size : 1), coding: coding)
  }
}

/// How a layer's sums become activations: q = clamp(round(z * M / 2^S)).
struct Requantizer {
  /// [outputChannels].
  let multipliers: [UInt32]
  let shifts: [UInt8]
  let format: ActivationFormat
  let clamp: ClosedRange<Int>
  let rounding: Rounding
}

/// y >= t of each neuron of `sum`.
struct Mask {
  let sum: Sum
  /// Nil for one zero, which is Relu's.
  let thresholds: HiddenLayer.Thresholds?
  /// False where it is y < t, the opposite.
  var keeps: Bool
  /// Ones and zeros, not truth values.
  var isNumber: Bool
}
