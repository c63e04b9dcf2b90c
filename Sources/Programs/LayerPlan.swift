import Networks

/// How a map of activations stands in a buffer: pixel by pixel, a pixel's channels in whole places.
public struct MapForm: Sendable, Equatable {
  /// Channels of a pixel.
  public let channels: Int
  /// Rows, and columns.
  public let size: Int
  /// Channels that a place holds.
  public let placeChannels: Int

  /// Places of a pixel.
  public var pixelPlaces: Int { (channels + placeChannels - 1) / placeChannels }
  /// Places of an image.
  public var imagePlaces: Int { size * size * pixelPlaces }
  /// Channels in a pixel's last place.
  public var lastChannels: Int { channels - (pixelPlaces - 1) * placeChannels }
}

/// The order in which a layer's output positions become row slots.
public enum SlotOrder: String, Sendable, CaseIterable {
  /// Row by row: a tile is a strip.
  case rows
  /// In 2x2 windows, which a pooled layer's results leave the lanes in.
  case windows
}

/// A layer in the machine's terms: a convolution over maps as the buffers hold them.
///
/// A fully connected layer is a convolution whose kernel is as large as its input, also one that
/// averages, whose weights are stored anew for each position; a first layer with few products takes
/// windows that were cut out beforehand, as a 1x1 convolution.
public struct LayerPlan: Sendable {
  /// The layer as the network has it.
  public let layer: Layer
  /// Whether it gives logits.
  public let isHead: Bool
  /// Its input in the buffer.
  public let input: MapForm
  /// Its output in the other buffer, pooled; nil for a head.
  public let output: MapForm?
  /// Rows, and columns, of the kernel on that input.
  public let kernel: Int
  /// Rows from an output to the next on that input.
  public let stride: Int
  /// Zeros around that input.
  public let padding: Int
  /// The input is windows of the network's input.
  public let takesWindows: Bool
  /// The order of its slots.
  public let order: SlotOrder

  /// The plan of `layer`, whose input is the pooled map of `last`, or images where there is none.
  init(
    _ layer: Layer, after last: Layer?, isHead: Bool, on shape: AcceleratorShape, order: SlotOrder
  ) {
    let placeChannels = shape.placeChannels
    self.layer = layer
    self.isHead = isHead
    self.order = order
    takesWindows =
      last == nil && layer.kernel > 1 && shape.takesWindows(ofReduction: layer.reduction)
    let form: (channels: Int, size: Int)
    if takesWindows {
      form = (layer.reduction, layer.outputSize)
      (kernel, stride, padding) = (1, 1, 0)
    } else if layer.kind == .fullyConnected {
      form = last.map { ($0.outputChannels, $0.pooledSize) } ?? (layer.inputChannels, 1)
      (kernel, stride, padding) = (form.size, 1, 0)
    } else {
      form = (layer.inputChannels, layer.size)
      (kernel, stride, padding) = (layer.kernel, layer.stride, layer.padding)
    }
    input = MapForm(channels: form.channels, size: form.size, placeChannels: placeChannels)
    output =
      isHead
      ? nil
      : MapForm(
        channels: layer.outputChannels, size: layer.pooledSize, placeChannels: placeChannels)
  }

  /// Reduction steps of a tile.
  public var steps: Int { kernel * kernel * input.channels }

  /// Places that a row reads for a tile, those of padding included.
  public var wordSteps: Int { kernel * kernel * input.pixelPlaces }

  /// The product of the network's layer that step `step` takes.
  public func product(ofStep step: Int) -> Int {
    let (tap, channel) = step.quotientAndRemainder(dividingBy: input.channels)
    return channel * kernel * kernel + tap
  }

  /// Output positions before pooling, row-major, in the order of their slots.
  public var positions: [Int] {
    let size = layer.outputSize
    switch order {
    case .rows: return Array(0..<size * size)
    case .windows:
      return stride2(size).flatMap { y in
        stride2(size).flatMap { x in
          [(y, x), (y, x + 1), (y + 1, x), (y + 1, x + 1)]
            .filter { $0 < size && $1 < size }.map { $0 * size + $1 }
        }
      }
    }
  }

  private func stride2(_ size: Int) -> [Int] { Array(Swift.stride(from: 0, to: size, by: 2)) }

  /// Output channels in parts of the array's columns.
  public func columnBlocks(_ shape: AcceleratorShape) -> [Range<Int>] {
    Swift.stride(from: 0, to: layer.outputChannels, by: shape.columns).map {
      $0..<min($0 + shape.columns, layer.outputChannels)
    }
  }
}

extension AcceleratorShape {
  /// Whether a first layer takes windows of its input that were cut out beforehand: where a position
  /// has as few products as `reduction`.
  func takesWindows(ofReduction reduction: Int) -> Bool { reduction <= 4 * columns }
}

extension LayerPlan {
  /// An image, or the map before, as the layer reads it: [place][channel], zeros where a place has
  /// more channels than the pixel.
  func placed(_ map: [Int32]) -> [Int32] {
    var result = [Int32](repeating: 0, count: input.imagePlaces * input.placeChannels)
    let pixelChannels = input.pixelPlaces * input.placeChannels
    for pixel in 0..<input.size * input.size {
      for channel in 0..<input.channels {
        result[pixel * pixelChannels + channel] =
          takesWindows
          ? window(map, pixel, channel)
          : map[channel * input.size * input.size + pixel]
      }
    }
    return result
  }

  /// Product `product` of output position `position`: a value of the image, or of its padding.
  private func window(_ image: [Int32], _ position: Int, _ product: Int) -> Int32 {
    let (channel, tap) = product.quotientAndRemainder(dividingBy: layer.kernel * layer.kernel)
    let (row, column) = position.quotientAndRemainder(dividingBy: layer.outputSize)
    let y = row * layer.stride + tap / layer.kernel - layer.padding
    let x = column * layer.stride + tap % layer.kernel - layer.padding
    guard 0..<layer.size ~= y, 0..<layer.size ~= x else { return 0 }
    return image[(channel * layer.size + y) * layer.size + x]
  }

  /// The map [channel][pixel] that `placed` stands for, in the output's form.
  static func unplaced(_ values: [Int32], _ form: MapForm) -> [Int32] {
    let pixels = form.size * form.size
    let pixelChannels = form.pixelPlaces * form.placeChannels
    return (0..<form.channels).flatMap { channel in
      (0..<pixels).map { values[$0 * pixelChannels + channel] }
    }
  }
}
