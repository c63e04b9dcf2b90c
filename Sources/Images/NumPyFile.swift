/// The form of numpy.save, versions 1 to 3: a mark, the version, the header's length, a Python literal
/// with `descr`, `fortran_order` and `shape`, and the values.
enum NumPyFile {
  private static let mark: [UInt8] = [0x93] + Array("NUMPY".utf8)

  static func isOne(_ bytes: [UInt8]) -> Bool { bytes.starts(with: mark) }

  static func read(_ bytes: [UInt8]) throws(ImageError) -> IntegerArray {
    guard bytes.count > 6, 1...3 ~= bytes[6] else {
      throw ImageError("it is of no known version of numpy's form; known are 1 to 3")
    }
    let lengthBytes = bytes[6] == 1 ? 2 : 4
    let start = 8 + lengthBytes
    guard bytes.count >= start else { throw ImageError("it ends within its header") }
    let length = bytes[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= bytes.count - start else {
      throw ImageError(
        "its header has \(length) bytes, but \(bytes.count - start) follow: it is truncated")
    }
    let header = try NumPyHeader(bytes[start..<start + length])
    guard !header.isFortranOrder || header.shape.count < 2 else {
      throw ImageError(
        "its values are in Fortran's order; save numpy.ascontiguousarray of the array")
    }
    guard (1...4).contains(header.shape.count) else {
      throw ImageError(
        "it has \(header.shape.count) dimensions; images have 2 to 4 ([images, channels, rows, columns]) "
          + "and labels 1")
    }
    let data = bytes[(start + length)...]
    guard let type = IntegerType(header.type) else {
      throw ImageError(
        "its values are of type '\(header.type)'; integers are '|u1', '|i1', '<u2', '<i2', '<i4', '<i8' "
          + "and the like")
    }
    guard IntegerArray.byteCount(header.shape, size: type.size) == data.count else {
      throw ImageError(
        "its shape is \(header.shape) of '\(header.type)', but \(data.count) bytes follow its header: it "
          + "is truncated or damaged")
    }
    guard let values = type.values(data) else {
      throw ImageError("it holds a value outside \(Int32.min) to \(Int32.max)")
    }
    return IntegerArray(dimensions: header.shape, values: values)
  }

  /// A type of integers: `<i2` and the like.
  private struct IntegerType {
    let size: Int
    let isSigned: Bool
    let isBigEndian: Bool

    init?(_ name: String) {
      let parts = Array(name)
      guard parts.count == 3, "<>|=".contains(parts[0]), "uib".contains(parts[1]),
        let size = parts[2].wholeNumberValue, [1, 2, 4, 8].contains(size),
        parts[1] != "b" || size == 1
      else { return nil }
      self.size = size
      isSigned = parts[1] == "i"
      isBigEndian = parts[0] == ">"
    }

    func values(_ bytes: ArraySlice<UInt8>) -> [Int32]? {
      switch (size, isSigned) {
      case (1, false): IntegerArray.integers(bytes, isBigEndian: isBigEndian, as: UInt8.self)
      case (1, true): IntegerArray.integers(bytes, isBigEndian: isBigEndian, as: Int8.self)
      case (2, false): IntegerArray.integers(bytes, isBigEndian: isBigEndian, as: UInt16.self)
      case (2, true): IntegerArray.integers(bytes, isBigEndian: isBigEndian, as: Int16.self)
      case (4, false): IntegerArray.integers(bytes, isBigEndian: isBigEndian, as: UInt32.self)
      case (4, true): IntegerArray.integers(bytes, isBigEndian: isBigEndian, as: Int32.self)
      case (_, false): IntegerArray.integers(bytes, isBigEndian: isBigEndian, as: UInt64.self)
      case (_, true): IntegerArray.integers(bytes, isBigEndian: isBigEndian, as: Int64.self)
      }
    }
  }
}
