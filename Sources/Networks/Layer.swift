/// The geometry of one layer: a convolution with a square kernel, or a fully connected layer.
public struct Layer: Sendable, Equatable {
  public enum Kind: Sendable { case convolution, fullyConnected }

  public let name: String
  public let kind: Kind
  /// Channels of the input; for a fully connected layer the length C*H*W of the flattened input.
  public let inputChannels: Int
  public let outputChannels: Int
  /// Height and width of the input; 1 if fully connected, unless it averages.
  public let size: Int
  /// Height and width of the kernel; the size if fully connected.
  public let kernel: Int
  /// Rows (and columns) of the input from one output to the next; 1 if fully connected.
  public let stride: Int
  /// Zeros around the input on each side; 0 if fully connected.
  public let padding: Int
  /// A 2x2 max-pool of stride 2 follows the requantization; odd last rows and columns are dropped.
  public let isPooled: Bool
  /// Fully connected to the sum of each input channel over all positions: a kernel as large as the
  /// map, whose weights are the same at every position. What makes an average of the sum is in the
  /// scale of what follows.
  public let averages: Bool

  /// A `kernel` x `kernel` convolution over a `size` x `size` map.
  ///
  /// - Parameter padding: zeros around the input on each side; nil for half the kernel.
  public static func convolution(
    _ name: String, inputChannels: Int, outputChannels: Int, size: Int, kernel: Int = 3,
    stride: Int = 1, padding: Int? = nil, isPooled: Bool = false
  ) -> Layer {
    Layer(
      name: name, kind: .convolution, inputChannels: inputChannels,
      outputChannels: outputChannels, size: size, kernel: kernel, stride: stride,
      padding: padding ?? kernel / 2, isPooled: isPooled, averages: false)
  }

  /// A fully connected layer from `inputs` values, flattened from [channel][row][column].
  public static func fullyConnected(_ name: String, inputs: Int, outputs: Int) -> Layer {
    Layer(
      name: name, kind: .fullyConnected, inputChannels: inputs, outputChannels: outputs, size: 1,
      kernel: 1, stride: 1, padding: 0, isPooled: false, averages: false)
  }

  /// A fully connected layer from the sums of `inputChannels` maps of `size` x `size`.
  public static func averaging(
    _ name: String, inputChannels: Int, size: Int, outputs: Int
  ) -> Layer {
    Layer(
      name: name, kind: .fullyConnected, inputChannels: inputChannels, outputChannels: outputs,
      size: size, kernel: size, stride: 1, padding: 0, isPooled: false, averages: true)
  }

  /// The head that follows `last`.
  static func head(after last: Layer?, classes: Int, averages: Bool) -> Layer {
    averages
      ? .averaging(
        "head", inputChannels: last?.outputChannels ?? 0, size: last?.pooledSize ?? 0,
        outputs: classes)
      : .fullyConnected("head", inputs: last?.pooledOutputCount ?? 0, outputs: classes)
  }

  /// Products per output, in the order (channel, ky, kx), kx fastest.
  public var reduction: Int { inputChannels * kernel * kernel }

  /// Positions of the kernel that share a weight: all of them if it averages, else 1.
  public var positionsPerWeight: Int { averages ? kernel * kernel : 1 }

  /// Weights that are stored for an output.
  public var weightsPerOutput: Int { averages ? inputChannels : reduction }

  /// The place in [outputChannels][weightsPerOutput] of the weight that product `product` of an
  /// output takes.
  public func weightIndex(ofProduct product: Int, output: Int) -> Int {
    output * weightsPerOutput + product / positionsPerWeight
  }

  /// Height and width of the output before pooling; 1 if fully connected. Rows and columns of the
  /// padded input that no whole kernel is left for are not read.
  public var outputSize: Int { (size + 2 * padding - kernel) / stride + 1 }

  /// Output positions before pooling, row-major.
  public var positions: Int { outputSize * outputSize }

  /// Height and width of the output after pooling, if any.
  public var pooledSize: Int { isPooled ? outputSize / 2 : outputSize }

  /// Values of an input [inputChannels][size][size].
  public var inputCount: Int { inputChannels * size * size }

  /// Values of an output [outputChannels][outputSize][outputSize] before pooling.
  public var outputCount: Int { outputChannels * positions }

  /// Values of an output after pooling, if any.
  public var pooledOutputCount: Int { outputChannels * pooledSize * pooledSize }

  /// The shape of weights in a file: [outputs, inputs], or with [ky, kx] of a convolution.
  var weightShape: [Int] {
    kind == .convolution
      ? [outputChannels, inputChannels, kernel, kernel] : [outputChannels, inputChannels]
  }

  /// The shape of thresholds and traces in a file: [channels], or with [row, column].
  var outputShape: [Int] {
    kind == .convolution ? [outputChannels, outputSize, outputSize] : [outputChannels]
  }
}
