import Foundation
import SwiftProtobuf

/// An ONNX file, decoded, and the files beside it that hold its tensors' data.
final class ONNXFile {
  let path: String
  let model: ModelProto
  /// The bytes of the file; external data is added as it is read.
  private(set) var size: Int
  private var external: [String: Data] = [:]

  /// - Throws: `ONNXError` that names the file, if there is none or it is no ONNX file.
  convenience init(path: String) throws(ONNXError) {
    try self.init(content: try Self.content(of: path, what: "an ONNX file"), path: path)
  }

  /// Of bytes; `path` is named in errors, and external data is looked for beside it.
  init(content: Data, path: String) throws(ONNXError) {
    self.path = path
    size = content.count
    do throws(ONNXError) {
      try MessageScan.check(content)
      model = try Self.decode(content)
    } catch {
      throw error.at(path)
    }
  }

  private static func decode(_ content: Data) throws(ONNXError) -> ModelProto {
    var options = BinaryDecodingOptions()
    // A tensor in an attribute of a node is at depth 5.
    options.messageDepthLimit = 16
    options.discardUnknownFields = true
    do {
      return try ModelProto(serializedBytes: content, options: options)
    } catch {
      throw ONNXError("this is no ONNX file, or it is truncated: it is not a protobuf message")
    }
  }

  private static func content(of path: String, what: String) throws(ONNXError) -> Data {
    let attributes = try? FileManager.default.attributesOfItem(
      atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
    guard let attributes else {
      throw ONNXError("there is no such file; \(what) is expected").at(path)
    }
    guard attributes[.type] as? FileAttributeType == .typeRegular else {
      throw ONNXError("this is not a regular file; \(what) is expected").at(path)
    }
    do {
      return try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    } catch {
      throw ONNXError("the file cannot be read; check its permissions").at(path)
    }
  }

  /// The bytes of a tensor that are in a file of their own, which must be in the model's folder.
  func externalData(of tensor: TensorProto) throws(ONNXError) -> Data {
    var entries: [String: String] = [:]
    for entry in tensor.externalData { entries[entry.key] = entry.value }
    let name = "tensor '\(tensor.name)'"
    guard let location = entries["location"], !location.isEmpty else {
      throw ONNXError("\(name) has its data in another file, but no 'location' that names it")
    }
    let data = try externalFile(location, of: name)
    func number(_ key: String, absent: Int) throws(ONNXError) -> Int {
      guard let text = entries[key] else { return absent }
      guard let value = Int(text), value >= 0 else {
        throw ONNXError("\(name) has the \(key) '\(text)' in '\(location)'; it is a number from 0")
      }
      return value
    }
    let offset = try number("offset", absent: 0)
    let length = try number("length", absent: max(0, data.count - offset))
    guard offset <= data.count, length <= data.count - offset else {
      throw ONNXError(
        "\(name) has \(length) bytes from \(offset) on in '\(location)', which has \(data.count)")
    }
    return data.dropFirst(offset).prefix(length)
  }

  private func externalFile(_ location: String, of name: String) throws(ONNXError) -> Data {
    if let data = external[location] { return data }
    let parts = location.split(separator: "/", omittingEmptySubsequences: false)
    guard !location.hasPrefix("/"), !parts.contains(".."), !location.contains("\0") else {
      throw ONNXError(
        "\(name) has its data in '\(location)'; it must be in the folder of the model, without '..'"
      )
    }
    let folder = URL(fileURLWithPath: path).resolvingSymlinksInPath().deletingLastPathComponent()
    let file = folder.appendingPathComponent(location).resolvingSymlinksInPath()
    let above = folder.path == "/" ? "/" : folder.path + "/"
    guard file.path.hasPrefix(above) else {
      throw ONNXError(
        "\(name) has its data in '\(location)', which leads out of the folder of the model")
    }
    let data = try Self.content(of: file.path, what: "the data of \(name)")
    external[location] = data
    size += data.count
    return data
  }
}
