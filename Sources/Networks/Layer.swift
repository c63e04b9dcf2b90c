/// The geometry of one layer: a 3x3 convolution (stride 1, padding 1) or a fully connected layer.
public struct Layer: Sendable, Equatable {
  public enum Kind: Sendable { case convolution, fullyConnected }

  public let name: String
  public let kind: Kind
  /// Channels of the input; for a fully connected layer the length C*H*W of the flattened input.
  public let inputChannels: Int
  public let outputChannels: Int
  /// Height and width of the input, and of the output before pooling; 1 if fully connected.
  public let size: Int
  /// Height and width of the kernel: 3, or 1 if fully connected.
  public let kernel: Int
  /// A 2x2 max-pool of stride 2 follows the requantization; odd last rows and columns are dropped.
  public let isPooled: Bool

  /// A 3x3 convolution of stride 1 and padding 1 over a `size` x `size` map.
  public static func convolution(
    _ name: String, inputChannels: Int, outputChannels: Int, size: Int, isPooled: Bool = false
  ) -> Layer {
    Layer(
      name: name, kind: .convolution, inputChannels: inputChannels,
      outputChannels: outputChannels, size: size, kernel: 3, isPooled: isPooled)
  }

  /// A fully connected layer from `inputs` values, flattened from [channel][row][column].
  public static func fullyConnected(_ name: String, inputs: Int, outputs: Int) -> Layer {
    Layer(
      name: name, kind: .fullyConnected, inputChannels: inputs, outputChannels: outputs, size: 1,
      kernel: 1, isPooled: false)
  }

  /// Zeros around the input on each side.
  public var padding: Int { kernel / 2 }

  /// Products per output, in the order (channel, ky, kx), kx fastest.
  public var reduction: Int { inputChannels * kernel * kernel }

  /// Output positions before pooling, row-major.
  public var positions: Int { size * size }

  /// Height and width of the output after pooling, if any.
  public var pooledSize: Int { isPooled ? size / 2 : size }

  /// Values of an input [inputChannels][size][size].
  public var inputCount: Int { inputChannels * positions }

  /// Values of an output [outputChannels][size][size] before pooling.
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
    kind == .convolution ? [outputChannels, size, size] : [outputChannels]
  }
}
