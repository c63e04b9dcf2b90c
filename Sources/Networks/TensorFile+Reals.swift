import Foundation

extension TensorFile {
  /// The real numbers of a tensor, row-major, in single precision: F16 and BF16 exactly, F64 rounded
  /// to the nearest. They may be infinite or no numbers.
  ///
  /// - Parameter shape: the shape it must have.
  /// - Throws: `NetworkError` if it is missing, or of another shape or type.
  public func reals(of name: String, shape: [Int]) throws(NetworkError) -> [Float] {
    let entry = try entry(name, shape: shape, types: ElementType.reals)
    return switch entry.type {
    case .float16: decode(entry) { Float(half: UInt16(littleEndian: $0)) }
    case .bfloat16: decode(entry) { Float(bitPattern: UInt32(UInt16(littleEndian: $0)) << 16) }
    case .float32: decode(entry) { Float(bitPattern: UInt32(littleEndian: $0)) }
    default: decode(entry) { Float(Double(bitPattern: UInt64(littleEndian: $0))) }
    }
  }

  private func decode<Stored: FixedWidthInteger>(
    _ entry: Entry, _ value: (Stored) -> Float
  ) -> [Float] {
    data.withUnsafeBytes { bytes in
      stride(
        from: entry.range.lowerBound, to: entry.range.upperBound, by: MemoryLayout<Stored>.size
      ).map { value(bytes.loadUnaligned(fromByteOffset: $0, as: Stored.self)) }
    }
  }
}
