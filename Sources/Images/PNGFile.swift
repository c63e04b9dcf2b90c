internal import CPNG

/// A picture in PNG, by libpng.
enum PNGFile {
  private static let mark: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  static func isOne(_ bytes: [UInt8]) -> Bool { bytes.starts(with: mark) }

  /// One picture of 8 bits: [1][channels][rows][columns].
  ///
  /// - Parameter channels: 1 for gray, 3 for red, green and blue. libpng converts what is otherwise, with
  ///   black behind what is transparent.
  static func read(_ bytes: [UInt8], channels: Int) throws(ImageError) -> IntegerArray {
    guard channels == 1 || channels == 3 else {
      throw ImageError(
        "a PNG has 1 channel or 3, but the network takes \(channels); use npy or IDX")
    }
    let (width, height) = try size(bytes)
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    defer { png_image_free(&image) }
    guard png_image_begin_read_from_memory(&image, bytes, bytes.count) != 0 else {
      throw damaged(image)
    }
    guard image.width == width, image.height == height else { throw damaged(image) }
    image.format = channels == 1 ? 0 : png_uint_32(PNG_FORMAT_FLAG_COLOR)
    var black = png_color()
    var pixels = [UInt8](repeating: 0, count: width * height * channels)
    guard png_image_finish_read(&image, &black, &pixels, 0, nil) != 0 else { throw damaged(image) }
    let values = (0..<channels).flatMap { channel in
      stride(from: channel, to: pixels.count, by: channels).map { Int32(pixels[$0]) }
    }
    return IntegerArray(dimensions: [1, channels, height, width], values: values)
  }

  /// Width and height by the header, where the file is large enough for them.
  private static func size(_ bytes: [UInt8]) throws(ImageError) -> (width: Int, height: Int) {
    guard bytes.count >= 33 else { throw ImageError("the PNG ends within its header") }
    func word(_ at: Int) -> Int { bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    let (width, height) = (word(16), word(20))
    // Deflate packs at most 1032 bytes into one, and a byte holds at most 8 pixels.
    let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, pixels <= 8 * 1032 * bytes.count, pixels <= limit else {
      throw ImageError(
        "the PNG claims \(width) x \(height) pixels, more than its \(bytes.count) bytes hold or more than "
          + "\(limit)")
    }
    return (width, height)
  }

  private static let limit = 1 << 24

  private static func damaged(_ image: png_image) -> ImageError {
    let message = withUnsafeBytes(of: image.message) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    return ImageError("the PNG is damaged: \(message.isEmpty ? "its header" : message)")
  }
}
