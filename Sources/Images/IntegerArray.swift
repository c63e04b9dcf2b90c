/// What an image file holds: integers and their dimensions, the last of which runs fastest.
public struct IntegerArray: Sendable, Equatable {
  /// [images][channels][rows][columns], [images][rows][columns], [rows][columns] or [labels].
  public let dimensions: [Int]
  public let values: [Int32]

  init(dimensions: [Int], values: [Int32]) {
    precondition(values.count == dimensions.reduce(1, *), "as many values as the dimensions say")
    self.dimensions = dimensions
    self.values = values
  }

  /// The bytes that integers of `size` bytes take; nil where no file holds as many.
  static func byteCount(_ dimensions: [Int], size: Int) -> Int? {
    var count = size
    for dimension in dimensions {
      let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
      guard !overflow else { return nil }
      count = product
    }
    return count
  }

  /// Integers of a file's bytes; nil where one does not fit 32 bits.
  static func integers<Stored: FixedWidthInteger>(
    _ bytes: ArraySlice<UInt8>, isBigEndian: Bool, as: Stored.Type
  ) -> [Int32]? {
    bytes.withUnsafeBytes { bytes in
      let size = MemoryLayout<Stored>.size
      var values: [Int32] = []
      values.reserveCapacity(bytes.count / size)
      for offset in stride(from: 0, to: bytes.count, by: size) {
        let stored = bytes.loadUnaligned(fromByteOffset: offset, as: Stored.self)
        guard
          let value = Int32(
            exactly: isBigEndian ? Stored(bigEndian: stored) : Stored(littleEndian: stored))
        else { return nil }
        values.append(value)
      }
      return values
    }
  }
}
