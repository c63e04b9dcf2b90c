import Foundation
import Networks

extension Constant {
  /// The numbers of a tensor of `file`.
  ///
  /// - Throws: `ONNXError` for a type that is not read, and for data of another length than the shape.
  init(_ tensor: TensorProto, of file: ONNXFile) throws(ONNXError) {
    let name = tensor.name.isEmpty ? "a tensor" : "tensor '\(tensor.name)'"
    guard let type = DataType(rawValue: tensor.dataType) else {
      throw ONNXError(
        "\(name) is of type \(DataType.name(of: tensor.dataType)), which is not read; integers of 8 to "
          + "64 bits and reals of 16 to 64 are")
    }
    guard !tensor.hasSegment else {
      throw ONNXError("\(name) is a segment of a tensor; it must be whole")
    }
    let shape = tensor.dims.map(Int.init)
    guard let count = Self.count(of: shape) else {
      throw ONNXError("\(name) has the shape \(shape); sizes are 0 or more, and fit a file")
    }
    let data = TensorData(tensor: tensor, type: type, count: count, name: name)
    self.init(
      type: type, shape: shape,
      elements: type.isReal
        ? .reals(try data.reals(of: file)) : .integers(try data.integers(of: file)))
  }

  /// The elements of a shape; nil for negative sizes, and for more than any file holds.
  static func count(of shape: [Int]) -> Int? {
    guard shape.allSatisfy({ $0 >= 0 }), shape.count <= 16 else { return nil }
    if shape.contains(0) { return 0 }
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, product < 1 << 48 else { return nil }
      count = product
    }
    return count
  }
}

/// The data of a tensor: raw bytes, in the file or beside it, or a field of its type.
private struct TensorData {
  let tensor: TensorProto
  let type: DataType
  let count: Int
  let name: String

  private static let external: Int32 = 1

  /// The raw bytes, or nil where the numbers are in a field of their type.
  private func raw(of file: ONNXFile) throws(ONNXError) -> Data? {
    let data: Data
    if tensor.dataLocation == Self.external {
      data = try file.externalData(of: tensor)
    } else {
      guard tensor.hasRawData else { return nil }
      data = tensor.rawData
    }
    guard data.count == count * type.size else {
      throw ONNXError(
        "\(name) has \(data.count) bytes, but the shape \(tensor.dims) of \(type.name) takes "
          + "\(count * type.size)")
    }
    return data
  }

  private func checked<Value>(_ values: [Value]) throws(ONNXError) -> [Value] {
    guard values.count == count else {
      throw ONNXError(
        "\(name) has \(values.count) numbers, but the shape \(tensor.dims) takes \(count)")
    }
    return values
  }

  func reals(of file: ONNXFile) throws(ONNXError) -> [Float] {
    if let data = try raw(of: file) {
      switch type {
      case .float16: return decode(data, UInt16.self, Float.init(half:))
      case .bfloat16: return decode(data, UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
      case .float64: return decode(data, UInt64.self) { Float(Double(bitPattern: $0)) }
      default: return decode(data, UInt32.self) { Float(bitPattern: $0) }
      }
    }
    switch type {
    case .float32: return try checked(tensor.floatData)
    case .float64: return try checked(tensor.doubleData.map { Float($0) })
    default:
      // 16 bits in the low half of an int32.
      return try checked(
        tensor.int32Data.map { bits in
          let bits = UInt16(truncatingIfNeeded: bits)
          return type == .float16 ? Float(half: bits) : Float(bitPattern: UInt32(bits) << 16)
        })
    }
  }

  func integers(of file: ONNXFile) throws(ONNXError) -> [Int64] {
    let values: [Int64]
    if let data = try raw(of: file) {
      values =
        switch type {
        case .int8: decode(data, Int8.self) { Int64($0) }
        case .int16: decode(data, Int16.self) { Int64($0) }
        case .uint16: decode(data, UInt16.self) { Int64($0) }
        case .int32: decode(data, Int32.self) { Int64($0) }
        case .uint32: decode(data, UInt32.self) { Int64($0) }
        case .int64: decode(data, Int64.self) { $0 }
        case .uint64: decode(data, UInt64.self) { Int64(bitPattern: $0) }
        default: decode(data, UInt8.self) { Int64($0) }
        }
    } else {
      values =
        switch type {
        case .int64: try checked(tensor.int64Data)
        case .uint32, .uint64: try checked(tensor.uint64Data.map { Int64(bitPattern: $0) })
        default: try checked(tensor.int32Data.map { Int64($0) })
        }
    }
    guard type != .uint64 || values.allSatisfy({ $0 >= 0 }) else {
      throw ONNXError("\(name) of uint64 holds a number of 2^63 or more, which is not read")
    }
    guard values.allSatisfy({ type.wrapped($0) == $0 }) else {
      throw ONNXError("\(name) holds a number outside \(type.name)")
    }
    return values
  }

  private func decode<Stored: FixedWidthInteger, Value>(
    _ data: Data, _: Stored.Type, _ value: (Stored) -> Value
  ) -> [Value] {
    data.withUnsafeBytes { bytes in
      (0..<count).map {
        value(
          Stored(
            littleEndian: bytes.loadUnaligned(
              fromByteOffset: $0 * MemoryLayout<Stored>.size, as: Stored.self)))
      }
    }
  }
}
