import Foundation

/// A tensor of integers or of real numbers to be written to a safetensors file.
public struct Tensor: Sendable {
  public let name: String
  public let type: ElementType
  public let shape: [Int]
  /// Row-major; as many as the shape says, each in the range of the type; empty if real.
  public let values: [Int64]
  /// Row-major; as many as the shape says; empty if integer.
  private let reals: [Double]

  /// Integers.
  ///
  /// - Parameter types: the first of these that holds all the values is taken.
  public init(
    name: String, types: [ElementType], shape: [Int],
    values: some Sequence<some BinaryInteger>
  ) {
    let values = values.map { Int64($0) }
    precondition(values.count == shape.reduce(1, *), "\(name) has values for its shape")
    let low = Int128(values.min() ?? 0)
    let high = Int128(values.max() ?? 0)
    guard
      let type = types.first(where: { type in
        type.integers.map { $0.contains(low) && $0.contains(high) } ?? false
      })
    else { preconditionFailure("\(name) holds \(low) to \(high), more than \(types)") }
    self.name = name
    self.type = type
    self.shape = shape
    self.values = values
    self.reals = []
  }

  /// Real numbers, in single precision.
  public init(name: String, shape: [Int], reals: [Float]) {
    self.init(name: name, type: .float32, shape: shape, reals: reals.map(Double.init))
  }

  /// Real numbers, in double precision.
  public init(name: String, shape: [Int], reals: [Double]) {
    self.init(name: name, type: .float64, shape: shape, reals: reals)
  }

  private init(name: String, type: ElementType, shape: [Int], reals: [Double]) {
    precondition(reals.count == shape.reduce(1, *), "\(name) has values for its shape")
    self.name = name
    self.type = type
    self.shape = shape
    self.values = []
    self.reals = reals
  }

  fileprivate var byteCount: Int { (values.count + reals.count) * type.size }

  /// Little-endian.
  fileprivate var bytes: [UInt8] {
    switch type {
    case .int8: bytes(as: Int8.self)
    case .uint8: bytes(as: UInt8.self)
    case .int16: bytes(as: Int16.self)
    case .uint16: bytes(as: UInt16.self)
    case .int32: bytes(as: Int32.self)
    case .uint32: bytes(as: UInt32.self)
    case .int64: bytes(as: Int64.self)
    case .uint64: bytes(as: UInt64.self)
    case .float32: bytes(of: reals) { Float($0).bitPattern }
    case .float64: bytes(of: reals) { $0.bitPattern }
    case .boolean, .float8E4M3, .float8E5M2, .float16, .bfloat16:
      preconditionFailure("\(name): tensors of this type are not written")
    }
  }

  private func bytes<Stored: FixedWidthInteger>(as: Stored.Type) -> [UInt8] {
    bytes(of: values) { Stored($0) }
  }

  private func bytes<Value, Stored: FixedWidthInteger>(
    of values: [Value], _ stored: (Value) -> Stored
  ) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(byteCount)
    for value in values {
      withUnsafeBytes(of: stored(value).littleEndian) { result += $0 }
    }
    return result
  }
}

extension TensorFile {
  /// The content of a safetensors file with these tensors, in their order.
  public static func content(_ tensors: [Tensor], metadata: [String: String]) -> Data {
    let strings = metadata.sorted { $0.key < $1.key }
      .map { JSON.Member(name: $0.key, value: .string($0.value)) }
    var members = [JSON.Member(name: "__metadata__", value: .object(strings))]
    var end = 0
    for tensor in tensors {
      let begin = end
      end += tensor.byteCount
      let entry: [JSON.Member] = [
        JSON.Member(name: "dtype", value: .string(tensor.type.rawValue)),
        JSON.Member(name: "shape", value: .array(tensor.shape.map(JSON.integer))),
        JSON.Member(name: "data_offsets", value: .array([begin, end].map(JSON.integer))),
      ]
      members.append(JSON.Member(name: tensor.name, value: .object(entry)))
    }
    var header = Array(JSON.object(members).text.utf8)
    // The format aligns the data to 8 bytes with spaces behind the header.
    header += Array(repeating: 0x20, count: (8 - header.count % 8) % 8)
    var content = Data(withUnsafeBytes(of: UInt64(header.count).littleEndian, Array.init))
    content.append(contentsOf: header)
    for tensor in tensors { content.append(contentsOf: tensor.bytes) }
    return content
  }

  /// Writes a safetensors file; nothing is left there if that fails.
  ///
  /// - Throws: `NetworkError` if the file cannot be written.
  public static func write(
    _ tensors: [Tensor], metadata: [String: String], to path: String
  ) throws(NetworkError) {
    do {
      try content(tensors, metadata: metadata).write(
        to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw NetworkError("the file cannot be written: \(error.localizedDescription)").at(path)
    }
  }
}
