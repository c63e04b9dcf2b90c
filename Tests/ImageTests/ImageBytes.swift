import CZLIB

/// Files of images as other programs write them.
enum ImageBytes {
  static func idx(type: UInt8 = 0x08, _ dimensions: [Int], _ data: [UInt8]) -> [UInt8] {
    [0, 0, type, UInt8(dimensions.count)] + dimensions.flatMap { word(UInt32($0)) } + data
  }

  static func npy(
    version: UInt8 = 1, descr: String = "|u1", order: String = "False", shape: String,
    _ data: [UInt8]
  ) -> [UInt8] {
    let text = "{'descr': '\(descr)', 'fortran_order': \(order), 'shape': \(shape), }"
    return npy(version: version, header: text, data)
  }

  static func npy(version: UInt8 = 1, header: String, _ data: [UInt8]) -> [UInt8] {
    let text = Array(header.utf8) + [0x0A]
    let length = word(UInt32(text.count)).reversed()
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + length.prefix(version == 1 ? 2 : 4) + text
      + data
  }

  /// - Parameters:
  ///   - color: 0 gray, 2 red, green and blue, 4 gray with alpha, 6 all four.
  ///   - rows: each without its filter byte.
  static func png(
    width: Int, height: Int, depth: UInt8 = 8, color: UInt8 = 0, rows: [[UInt8]]
  ) -> [UInt8] {
    let header = word(UInt32(width)) + word(UInt32(height)) + [depth, color, 0, 0, 0]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header)
      + chunk("IDAT", deflated(rows.flatMap { [0] + $0 })) + chunk("IEND", [])
  }

  static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let named = Array(name.utf8) + data
    return word(UInt32(data.count)) + named + word(checksum(named))
  }

  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    UInt32(crc32(0, bytes, uInt(bytes.count)))
  }

  static func deflated(_ bytes: [UInt8]) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: Int(compressBound(uLong(bytes.count))))
    var count = uLong(result.count)
    precondition(compress(&result, &count, bytes, uLong(bytes.count)) == Z_OK)
    return Array(result.prefix(Int(count)))
  }

  /// By gzip, of deflated bytes without their two bytes of header and four of checksum.
  static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + deflated(bytes).dropFirst(2).dropLast(4)
      + word(checksum(bytes)).reversed() + word(UInt32(bytes.count)).reversed()
  }

  /// Big-endian.
  static func word(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
  }
}
