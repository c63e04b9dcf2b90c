internal import CZLIB

/// A file packed by gzip, by zlib.
enum Gzip {
  static func isOne(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

  /// A file may grow so many times, or to a megabyte: real images do by far less.
  private static let growth = 100

  static func unpacked(_ bytes: [UInt8]) throws(ImageError) -> [UInt8] {
    let limit = max(1 << 20, growth * bytes.count)
    var stream = z_stream()
    // With the largest window, and a header of gzip.
    guard
      inflateInit2_(&stream, 16 + MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        == Z_OK
    else { throw ImageError("zlib does not start") }
    defer { inflateEnd(&stream) }
    var packed = bytes
    var result: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    let status = packed.withUnsafeMutableBufferPointer { packed in
      stream.next_in = packed.baseAddress
      stream.avail_in = uInt(packed.count)
      var status = Z_OK
      while status == Z_OK, result.count <= limit {
        let produced = part.withUnsafeMutableBufferPointer { part in
          stream.next_out = part.baseAddress
          stream.avail_out = uInt(part.count)
          status = inflate(&stream, Z_NO_FLUSH)
          return part.count - Int(stream.avail_out)
        }
        result += part[..<produced]
      }
      return status
    }
    guard result.count <= limit else {
      throw ImageError("it unpacks to more than \(growth) times its size; unpack it with gunzip")
    }
    guard status == Z_STREAM_END, stream.avail_in == 0 else {
      throw ImageError("its gzip data is truncated or damaged")
    }
    return result
  }
}
