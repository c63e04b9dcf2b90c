import Foundation

/// A file of images or labels: IDX, npy or PNG, by its first bytes; IDX and npy also packed by gzip.
public enum ImageFile {
  /// Reads a file.
  ///
  /// - Parameter channels: what a PNG is read as.
  /// - Throws: `ImageError` that names the file and says what is wrong in it.
  public static func read(_ path: String, channels: Int) throws(ImageError) -> IntegerArray {
    do {
      return try read(content(path), channels: channels)
    } catch {
      throw error.at(path)
    }
  }

  /// The same of a file's bytes.
  public static func read(_ bytes: [UInt8], channels: Int) throws(ImageError) -> IntegerArray {
    if Gzip.isOne(bytes) {
      let unpacked = try Gzip.unpacked(bytes)
      guard !Gzip.isOne(unpacked) else { throw ImageError("it is packed twice; unpack it") }
      return try read(unpacked, channels: channels)
    }
    if PNGFile.isOne(bytes) { return try PNGFile.read(bytes, channels: channels) }
    if NumPyFile.isOne(bytes) { return try NumPyFile.read(bytes) }
    if IDXFile.isOne(bytes) { return try IDXFile.read(bytes) }
    throw ImageError("it is no PNG, npy or IDX file")
  }

  private static func content(_ path: String) throws(ImageError) -> [UInt8] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ImageError("there is no such file")
    }
    guard !isFolder.boolValue else { throw ImageError("this is a folder; name a file") }
    let type = try? FileManager.default.attributesOfItem(
      atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)[.type]
    guard type as? FileAttributeType == .typeRegular else {
      throw ImageError("this is not a regular file; name one")
    }
    guard let content = FileManager.default.contents(atPath: path) else {
      throw ImageError("the file cannot be read; check its permissions")
    }
    return Array(content)
  }
}
