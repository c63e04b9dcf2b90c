import Networks

/// What a convolution or matrix product gives, with its bias: y = w·x + b.
struct Sum {
  enum Numbers {
    case reals(weights: [Float], bias: [Float])
    /// Integers; a step of a channel's sums is the real number `units` has for it.
    case integers(weights: [Int32], bias: [Int64], units: [Double])
  }

  /// Sums that are the same numbers have the same identity.
  var identity: Int
  /// The node that computes them.
  let node: Node
  let input: Activation
  let layer: Layer
  var numbers: Numbers
  /// Without the number of images.
  var shape: [Int]
  /// Whether the values are integers, and no reals that stand for them.
  var isInteger: Bool
  /// A 2x2 max-pool before the activation function.
  var isPooled = false
  /// What they are rounded to before Relu.
  var rounded: Rounded?
  /// Sums that these are less what is taken away from each neuron.
  var difference: Difference?

  struct Rounded {
    let step: Float
    let format: ActivationFormat
    /// Multiples of the step, and not the integers themselves.
    var isReal: Bool
  }

  struct Difference {
    let identity: Int
    /// The sums before.
    let numbers: Numbers
    /// [outputs].
    let subtracted: HiddenLayer.Thresholds
    /// Whether the bias could not take it up: not the same for all positions of a channel.
    let isOpen: Bool
  }

  /// Values of an image.
  var count: Int { shape.reduce(1, *) }
  /// Values of a channel.
  var positions: Int { max(1, count / max(1, layer.outputChannels)) }
}
