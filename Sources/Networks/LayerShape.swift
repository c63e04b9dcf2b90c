/// Height and width.
public struct Extent: Sendable, Hashable, CustomStringConvertible {
  /// Rows.
  public let height: Int
  /// Columns.
  public let width: Int

  /// `height` rows of `width` columns.
  public init(_ height: Int, _ width: Int) {
    self.height = height
    self.width = width
  }

  /// A square.
  public init(_ side: Int) { self.init(side, side) }

  /// Positions.
  public var count: Int { height * width }
  /// As many rows as columns.
  public var isSquare: Bool { height == width }
  public var description: String { isSquare ? "\(height)" : "\(height)x\(width)" }
}

/// One axis of a convolution: which outputs read an input through which tap.
public struct ConvolutionAxis: Sendable, Hashable {
  let inputs, outputs, kernel, stride, padding: Int

  /// The outputs whose tap number `tap` lies in the map and not in its padding.
  public func outputs(insideAt tap: Int) -> Range<Int> {
    let first = max(0, (padding - tap + stride - 1) / stride)
    let last = inputs - 1 + padding - tap
    let end = last < 0 ? 0 : min(outputs, last / stride + 1)
    return min(first, end)..<end
  }

  /// Taps of all outputs that lie in the map.
  public var insideTaps: Int { (0..<kernel).reduce(0) { $0 + outputs(insideAt: $1).count } }
}

/// The geometry of one layer of any network: a convolution, also over rectangular maps and in
/// groups. A fully connected layer is one whose kernel is as large as its map.
///
/// `Layer` is a layer that the machine can run; this is also one that can only be modelled.
public struct LayerShape: Sendable, Hashable {
  /// A max-pool that follows the layer.
  public struct Pool: Sendable, Hashable {
    /// Rows, and columns, of its window.
    public let kernel: Int
    /// Rows from one window to the next.
    public let stride: Int
    /// Rows around the map on each side.
    public let padding: Int

    /// 2x2 windows of stride 2: what the machine can do.
    public static let halving = Pool(kernel: 2, stride: 2, padding: 0)

    func output(_ size: Int) -> Int { (size + 2 * padding - kernel) / stride + 1 }
  }

  public let name: String
  /// Channels of the input map.
  public let inputChannels: Int
  /// Channels of the output map.
  public let outputChannels: Int
  /// The input map.
  public let size: Extent
  public let kernel: Extent
  public let stride: Extent
  /// Zeros around the input on each side.
  public let padding: Extent
  /// Groups: an output reads the input channels of its own group only.
  public let groups: Int
  /// The max-pool that follows; nil for none.
  public let pool: Pool?
  /// Fully connected to the sum of each channel over the map: one weight for all positions.
  public let averages: Bool

  /// - Throws: `NetworkError` for numbers that do not make a layer.
  public init(
    _ name: String, inputChannels: Int, outputChannels: Int, size: Extent, kernel: Extent,
    stride: Extent = Extent(1), padding: Extent = Extent(0), groups: Int = 1, pool: Pool? = nil,
    averages: Bool = false
  ) throws(NetworkError) {
    self.init(
      name: name, inputChannels: inputChannels, outputChannels: outputChannels, size: size,
      kernel: kernel, stride: stride, padding: padding, groups: groups, pool: pool,
      averages: averages)
    try check()
  }

  private init(
    name: String, inputChannels: Int, outputChannels: Int, size: Extent, kernel: Extent,
    stride: Extent, padding: Extent, groups: Int, pool: Pool?, averages: Bool
  ) {
    self.name = name
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.size = size
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.groups = groups
    self.pool = pool
    self.averages = averages
  }

  /// The shape of a model's layer that follows `last`, or takes images.
  public init(_ layer: Layer, after last: Layer?) {
    let isMap = layer.kind == .convolution || layer.averages
    let size = isMap ? layer.size : last?.pooledSize ?? 1
    self.init(
      name: layer.name,
      inputChannels: isMap ? layer.inputChannels : last?.outputChannels ?? layer.inputChannels,
      outputChannels: layer.outputChannels, size: Extent(size),
      kernel: Extent(isMap ? layer.kernel : size), stride: Extent(layer.stride),
      padding: Extent(layer.padding), groups: 1, pool: layer.isPooled ? .halving : nil,
      averages: layer.averages)
  }

  /// The output before pooling.
  public var output: Extent {
    Extent(
      (size.height + 2 * padding.height - kernel.height) / stride.height + 1,
      (size.width + 2 * padding.width - kernel.width) / stride.width + 1)
  }

  /// The output after pooling, if any.
  public var pooled: Extent {
    guard let pool else { return output }
    return Extent(pool.output(output.height), pool.output(output.width))
  }

  /// Output positions before pooling.
  public var positions: Int { output.count }
  /// Input channels that an output reads.
  public var groupChannels: Int { inputChannels / groups }
  /// Products of an output.
  public var reduction: Int { groupChannels * kernel.count }
  /// Multiply-accumulates for an image, padding included.
  public var macs: Int { positions * outputChannels * reduction }
  /// Weights that are stored.
  public var weights: Int { outputChannels * (averages ? groupChannels : reduction) }
  /// Neurons: what has a threshold of its own.
  public var neurons: Int { positions * outputChannels }

  /// The rows of the map.
  public var verticalAxis: ConvolutionAxis {
    ConvolutionAxis(
      inputs: size.height, outputs: output.height, kernel: kernel.height, stride: stride.height,
      padding: padding.height)
  }

  /// The columns of the map.
  public var horizontalAxis: ConvolutionAxis {
    ConvolutionAxis(
      inputs: size.width, outputs: output.width, kernel: kernel.width, stride: stride.width,
      padding: padding.width)
  }

  /// Taps of all positions of an image that lie in the map and not in its padding.
  public var insideTaps: Int { verticalAxis.insideTaps * horizontalAxis.insideTaps }

  /// Why the machine cannot run the layer; nil where it can.
  public var modelOnlyReason: String? {
    let isFull = kernel == size && padding.count == 0
    if groups > 1 { return "layer \(name) has \(groups) groups" }
    if !size.isSquare || !kernel.isSquare || !stride.isSquare || !padding.isSquare {
      return "layer \(name) is not square"
    }
    if !isFull && (kernel.height > 31 || stride.height > 8 || padding.height >= kernel.height) {
      return "layer \(name) has a kernel above 31, a stride above 8 or padding of a whole kernel"
    }
    if let pool, pool != .halving { return "layer \(name) pools other than 2x2" }
    return nil
  }

  private func check() throws(NetworkError) {
    let channels = 1...1 << 24
    let sizes = 1...1 << 16
    func need(_ holds: Bool, _ sentence: @autoclosure () -> String) throws(NetworkError) {
      if !holds { throw NetworkError("layer \(name) \(sentence())") }
    }
    try need(
      channels.contains(inputChannels) && channels.contains(outputChannels),
      "has \(inputChannels) input and \(outputChannels) output channels; channels are 1 to "
        + "\(channels.upperBound)")
    for (what, extent, least) in [
      ("size", size, 1), ("kernel", kernel, 1), ("stride", stride, 1), ("padding", padding, 0),
    ] {
      try need(
        least...sizes.upperBound ~= extent.height && least...sizes.upperBound ~= extent.width,
        "has a \(what) of \(extent); it is \(least) to \(sizes.upperBound)")
    }
    try need(
      size.height + 2 * padding.height >= kernel.height
        && size.width + 2 * padding.width >= kernel.width,
      "has a kernel of \(kernel) and a padded map of "
        + "\(Extent(size.height + 2 * padding.height, size.width + 2 * padding.width)), "
        + "which must be at least as large")
    try need(
      channels.contains(groups) && inputChannels % groups == 0 && outputChannels % groups == 0,
      "has \(groups) groups, which must divide its \(inputChannels) input and \(outputChannels) "
        + "output channels")
    // So that no count of a run of many images can overflow.
    try need(
      inputChannels.multipliedReportingOverflow(by: kernel.count).partialValue < 1 << 32
        && Double(positions) * Double(outputChannels) * Double(reduction) < 1e15,
      "has more than 10^15 multiply-accumulates for an image, or 2^32 for an output")
    if let pool {
      try need(
        pool.kernel >= 1 && pool.stride >= 1 && (0..<pool.kernel).contains(pool.padding)
          && min(output.height, output.width) + 2 * pool.padding >= pool.kernel,
        "pools windows of \(pool.kernel), stride \(pool.stride) and padding \(pool.padding) over a "
          + "map of \(output), which is not possible")
    }
  }
}
