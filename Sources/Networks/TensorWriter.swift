import Foundation

/// An integer tensor to be written to a safetensors file.
public struct Tensor: Sendable {
  public let name: String
  public let type: ElementType
  public let shape: [Int]
  /// Row-major; as many as the shape says, each in the range of the type.
  public let values: [Int64]

  public init(
    name: String, type: ElementType, shape: [Int], values: some Sequence<some BinaryInteger>
  ) {
    self.name = name
    self.type = type
    self.shape = shape
    self.values = values.map { Int64($0) }
    precondition(self.values.count == shape.reduce(1, *), "\(name) has values for its shape")
  }

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
    case .boolean, .float8E4M3, .float8E5M2, .float16, .bfloat16, .float32, .float64:
      preconditionFailure("\(name): integer tensors only are written")
    }
  }

  private func bytes<Stored: FixedWidthInteger>(as: Stored.Type) -> [UInt8] {
    values.flatMap { withUnsafeBytes(of: Stored($0).littleEndian, Array.init) }
  }
}

extension TensorFile {
  /// The content of a safetensors file with these tensors, in their order.
  public static func content(_ tensors: [Tensor], metadata: [String: String]) -> Data {
    var strings = metadata.sorted { $0.key < $1.key }.map {
      "\(quoted($0.key)):\(quoted($0.value))"
    }
    strings = ["\"__metadata__\":{\(strings.joined(separator: ","))}"]
    var end = 0
    for tensor in tensors {
      let begin = end
      end += tensor.values.count * tensor.type.size
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      strings.append(
        "\(quoted(tensor.name)):{\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(begin),\(end)]}")
    }
    var header = Array("{\(strings.joined(separator: ","))}".utf8)
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

  /// A JSON string.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\u{0}"..."\u{1f}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
