import Foundation

/// Counts the messages and strings of an encoded model before it is decoded: an empty one takes two
/// bytes of a file, and a hundred in memory.
struct MessageScan {
  /// More than any network has that can be imported, by far.
  static let limit = 200_000

  /// The messages of the schema that hold others that repeat.
  private enum Message {
    case model, graph, node, attribute, tensor, sparseTensor, value, type, tensorType, shape, leaf

    /// What a field holds; nil for numbers, and for fields that the schema leaves out, which take no
    /// memory.
    func content(ofField field: UInt64) -> Message? {
      switch (self, field) {
      case (.model, 7): .graph
      case (.model, 8), (.model, 14): .leaf
      case (.graph, 1): .node
      case (.graph, 5): .tensor
      case (.graph, 15): .sparseTensor
      case (.graph, 11), (.graph, 12): .value
      case (.node, 1), (.node, 2): .leaf
      case (.node, 5): .attribute
      case (.attribute, 5): .tensor
      case (.attribute, 9): .leaf
      case (.tensor, 13): .leaf
      case (.sparseTensor, 1): .tensor
      case (.value, 2): .type
      case (.type, 1): .tensorType
      case (.tensorType, 2): .shape
      case (.shape, 1): .leaf
      default: nil
      }
    }
  }

  private var count = 0

  /// - Throws: `ONNXError` if there are more than `limit`, or the bytes are no messages.
  static func check(_ content: Data) throws(ONNXError) {
    let error: ONNXError? = content.withUnsafeBytes { bytes in
      var scan = MessageScan()
      do throws(ONNXError) {
        try scan.walk(.model, bytes)
        return nil
      } catch {
        return error
      }
    }
    if let error { throw error }
  }

  private mutating func walk(
    _ message: Message, _ bytes: UnsafeRawBufferPointer
  ) throws(ONNXError) {
    var reader = FieldReader(bytes: bytes)
    while let (field, content) = try reader.next() {
      guard let content, let inner = message.content(ofField: field) else { continue }
      count += 1
      guard count <= Self.limit else {
        throw ONNXError(
          "the file holds more than \(Self.limit) nodes, attributes, tensors and names; networks that "
            + "can be imported have far fewer")
      }
      if inner != .leaf { try walk(inner, content) }
    }
  }
}

/// The fields of one encoded message.
private struct FieldReader {
  let bytes: UnsafeRawBufferPointer
  private var position = 0

  init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  static let broken = ONNXError(
    "this is no ONNX file, or it is truncated: it is not a protobuf message")

  /// The next field's number, and its bytes if it has a length; nil at the end.
  mutating func next() throws(ONNXError) -> (field: UInt64, content: UnsafeRawBufferPointer?)? {
    guard position < bytes.count else { return nil }
    let key = try varint()
    switch key & 7 {
    case 0:
      _ = try varint()
    case 1:
      _ = try take(8)
    case 2:
      let length = try varint()
      guard length <= UInt64(bytes.count) else { throw Self.broken }
      return (key >> 3, try take(Int(length)))
    case 5:
      _ = try take(4)
    default:
      // Groups, which the schema does not have.
      throw Self.broken
    }
    return (key >> 3, nil)
  }

  private mutating func take(_ count: Int) throws(ONNXError) -> UnsafeRawBufferPointer {
    guard count <= bytes.count - position else { throw Self.broken }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
  }

  private mutating func varint() throws(ONNXError) -> UInt64 {
    var result: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < bytes.count else { throw Self.broken }
      let byte = bytes[position]
      position += 1
      result |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return result }
    }
    throw Self.broken
  }
}
