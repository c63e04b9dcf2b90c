/// The IDX form of MNIST and its kin: two zero bytes, a type, the number of dimensions, each of them in
/// 32 bits, and the values; big-endian.
enum IDXFile {
  static func isOne(_ bytes: [UInt8]) -> Bool {
    bytes.count >= 4 && bytes[0] == 0 && bytes[1] == 0 && 0x08...0x0E ~= bytes[2]
  }

  static func read(_ bytes: [UInt8]) throws(ImageError) -> IntegerArray {
    let rank = Int(bytes[3])
    guard 1...4 ~= rank else {
      throw ImageError(
        "it has \(rank) dimensions; images have 2 to 4 ([images, channels, rows, columns]) and labels 1"
      )
    }
    let header = 4 + 4 * rank
    guard bytes.count >= header else {
      throw ImageError(
        "it ends within its header: \(bytes.count) bytes of \(header); it is truncated")
    }
    let dimensions = (0..<rank).map { index in
      bytes[4 + 4 * index..<8 + 4 * index].reduce(0) { $0 << 8 | Int($1) }
    }
    let size: Int? =
      switch bytes[2] {
      case 0x08, 0x09: 1
      case 0x0B: 2
      case 0x0C: 4
      default: nil
      }
    guard let size else {
      throw ImageError(
        "its values are of type 0x0\(String(bytes[2], radix: 16, uppercase: true)); integers are 0x08 "
          + "(unsigned bytes), 0x09, 0x0B and 0x0C")
    }
    guard let count = IntegerArray.byteCount(dimensions, size: size),
      count == bytes.count - header
    else {
      throw ImageError(
        "its dimensions are \(dimensions) of \(size) bytes each, but \(bytes.count - header) bytes follow "
          + "its header: it is truncated or damaged")
    }
    let data = bytes[header...]
    let values =
      switch bytes[2] {
      case 0x08: IntegerArray.integers(data, isBigEndian: true, as: UInt8.self)
      case 0x09: IntegerArray.integers(data, isBigEndian: true, as: Int8.self)
      case 0x0B: IntegerArray.integers(data, isBigEndian: true, as: Int16.self)
      default: IntegerArray.integers(data, isBigEndian: true, as: Int32.self)
      }
    return IntegerArray(dimensions: dimensions, values: values!)
  }
}
