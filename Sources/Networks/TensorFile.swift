import Foundation

/// A safetensors file, checked in full when it is opened: every tensor's type, shape and place.
///
/// The format: 8 bytes of header length, little-endian; a JSON header that maps each name to
/// `dtype`, `shape` and `data_offsets`, with strings under `__metadata__`; then the data, which the
/// tensors cover without gap or overlap.
public struct TensorFile: Sendable {
  struct Entry: Sendable {
    let type: ElementType
    let shape: [Int]
    /// Bytes within the data section.
    let range: Range<Int>
  }

  public let path: String
  /// The strings under `__metadata__`.
  public let metadata: [String: String]
  let entries: [String: Entry]
  let data: Data

  /// Reads and checks the file at `path`.
  ///
  /// - Throws: `NetworkError` where there is no readable file or it breaks the format.
  public init(path: String) throws(NetworkError) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw NetworkError("there is no such file; a safetensors file is expected").at(path)
    }
    guard !isFolder.boolValue else {
      throw NetworkError("this is a folder; a safetensors file is expected").at(path)
    }
    guard let content = FileManager.default.contents(atPath: path) else {
      throw NetworkError("the file cannot be read; check its permissions").at(path)
    }
    try self.init(content: content, path: path)
  }

  /// Checks the content of a file; `path` is only named in errors.
  public init(content: Data, path: String) throws(NetworkError) {
    do {
      let headerLength = try Self.headerLength(of: content)
      let dataLength = content.count - 8 - headerLength
      let header = try TensorHeader(
        parsing: content.dropFirst(8).prefix(headerLength), dataLength: dataLength)
      self.path = path
      self.metadata = header.metadata
      self.entries = header.entries
      self.data = content.suffix(dataLength)
    } catch {
      throw error.at(path)
    }
  }

  private static func headerLength(of content: Data) throws(NetworkError) -> Int {
    guard content.count >= 8 else {
      throw NetworkError(
        "the file has \(content.count) bytes; a safetensors file starts with 8 bytes of header "
          + "length")
    }
    let length = content.withUnsafeBytes {
      UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))
    }
    guard length <= UInt64(content.count - 8) else {
      throw NetworkError(
        "the header length is \(length) bytes, but \(content.count - 8) follow: the file is "
          + "truncated or no safetensors file")
    }
    return Int(length)
  }

  /// The names of all tensors, sorted.
  public var names: [String] { entries.keys.sorted() }

  public func contains(_ name: String) -> Bool { entries[name] != nil }

  /// The shape of a tensor; nil if there is no such tensor.
  public func shape(of name: String) -> [Int]? { entries[name]?.shape }

  /// The integers of a tensor, row-major.
  ///
  /// - Parameters:
  ///   - shape: the shape it must have.
  ///   - types: the types it may have.
  /// - Throws: `NetworkError` if it is missing, or of another shape or type, or if a value does not
  ///   fit `Value`.
  public func values<Value: FixedWidthInteger>(
    of name: String, shape: [Int], types: [ElementType], as: Value.Type = Value.self
  ) throws(NetworkError) -> [Value] {
    let entry = try entry(name, shape: shape, types: types)
    guard let result: [Value] = decode(entry) else {
      throw NetworkError(
        "tensor '\(name)' of type \(entry.type.rawValue) holds a value outside "
          + "\(Value.min) to \(Value.max)"
      ).at(path)
    }
    return result
  }

  /// The entry of a tensor that has this shape and one of these types.
  func entry(
    _ name: String, shape: [Int], types: [ElementType]
  ) throws(NetworkError) -> Entry {
    guard let entry = entries[name] else {
      throw NetworkError("there is no tensor '\(name)' of shape \(shape)").at(path)
    }
    guard entry.shape == shape else {
      throw NetworkError("tensor '\(name)' has shape \(entry.shape) and must have \(shape)")
        .at(path)
    }
    guard types.contains(entry.type) else {
      let allowed = types.map(\.rawValue).joined(separator: ", ")
      throw NetworkError(
        "tensor '\(name)' is of type \(entry.type.rawValue) and must be \(allowed)"
      )
      .at(path)
    }
    return entry
  }

  /// The values, or nil where one does not fit `Value`.
  private func decode<Value: FixedWidthInteger>(_ entry: Entry) -> [Value]? {
    switch entry.type {
    case .int8: decode(entry.range, from: Int8.self)
    case .uint8: decode(entry.range, from: UInt8.self)
    case .int16: decode(entry.range, from: Int16.self)
    case .uint16: decode(entry.range, from: UInt16.self)
    case .int32: decode(entry.range, from: Int32.self)
    case .uint32: decode(entry.range, from: UInt32.self)
    case .int64: decode(entry.range, from: Int64.self)
    case .uint64: decode(entry.range, from: UInt64.self)
    case .boolean, .float8E4M3, .float8E5M2, .float16, .bfloat16, .float32, .float64:
      preconditionFailure("values are read of integer tensors only")
    }
  }

  private func decode<Stored: FixedWidthInteger, Value: FixedWidthInteger>(
    _ range: Range<Int>, from: Stored.Type
  ) -> [Value]? {
    data.withUnsafeBytes { bytes in
      let size = MemoryLayout<Stored>.size
      var result: [Value] = []
      result.reserveCapacity(range.count / size)
      for offset in stride(from: range.lowerBound, to: range.upperBound, by: size) {
        let stored = bytes.loadUnaligned(fromByteOffset: offset, as: Stored.self)
        guard let value = Value(exactly: Stored(littleEndian: stored)) else { return nil }
        result.append(value)
      }
      return result
    }
  }
}
