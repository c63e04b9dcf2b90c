import Networks

/// A layer's tensors and windows as ONNX has them; shapes are behind the number of images.
extension Layer {
  /// [C, H, W], or [values].
  var inputShape: [Int] { kind == .convolution ? [inputChannels, size, size] : [inputChannels] }

  /// Of the outputs before pooling.
  var outputShape: [Int] {
    kind == .convolution ? [outputChannels, outputSize, outputSize] : [outputChannels]
  }

  /// Of a number for each channel, to be broadcast over positions.
  var channelShape: [Int] {
    kind == .convolution ? [outputChannels, 1, 1] : [outputChannels]
  }

  /// [outputs, channels, kernel, kernel], or [outputs, inputs].
  var weightShape: [Int] {
    kind == .convolution
      ? [outputChannels, inputChannels, kernel, kernel] : [outputChannels, weightsPerOutput]
  }

  /// The attributes of its convolution.
  var window: KeyValuePairs<String, GraphWriter.Attribute> {
    [
      "kernel_shape": .ints([kernel, kernel]),
      "pads": .ints(Array(repeating: padding, count: 4)),
      "strides": .ints([stride, stride]),
    ]
  }

  /// Those of the max-pool behind it.
  static var halving: KeyValuePairs<String, GraphWriter.Attribute> {
    ["kernel_shape": .ints([2, 2]), "strides": .ints([2, 2])]
  }
}
