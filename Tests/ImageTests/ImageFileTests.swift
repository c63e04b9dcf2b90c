import Foundation
import Images
import Testing

/// What the readers give of good files, and say of broken ones.
@Suite struct ImageFileTests {
  struct Good: CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let dimensions: [Int]
    let values: [Int32]
    var channels = 1
  }

  static let good = [
    Good(
      testDescription: "IDX", bytes: ImageBytes.idx([1, 2, 3], [0, 1, 2, 253, 254, 255]),
      dimensions: [1, 2, 3], values: [0, 1, 2, 253, 254, 255]),
    Good(
      testDescription: "IDX of signed bytes", bytes: ImageBytes.idx(type: 9, [2], [0x80, 0x7F]),
      dimensions: [2], values: [-128, 127]),
    Good(
      testDescription: "IDX of 16 bits", bytes: ImageBytes.idx(type: 0x0B, [2], [0x80, 0, 1, 2]),
      dimensions: [2], values: [-32768, 258]),
    Good(
      testDescription: "IDX of 32 bits", bytes: ImageBytes.idx(type: 0x0C, [1], [0xFF, 0, 0, 1]),
      dimensions: [1], values: [-16_777_215]),
    Good(
      testDescription: "IDX without images", bytes: ImageBytes.idx([0, 2, 3], []),
      dimensions: [0, 2, 3], values: []),
    Good(
      testDescription: "IDX packed", bytes: ImageBytes.gzip(ImageBytes.idx([2, 1], [7, 9])),
      dimensions: [2, 1], values: [7, 9]),
    Good(
      testDescription: "npy", bytes: ImageBytes.npy(shape: "(2, 1, 2)", [1, 2, 3, 255]),
      dimensions: [2, 1, 2], values: [1, 2, 3, 255]),
    Good(
      testDescription: "npy 2 of little-endian words",
      bytes: ImageBytes.npy(version: 2, descr: "<i2", shape: "(2,)", [0xFF, 0xFF, 2, 1]),
      dimensions: [2], values: [-1, 258]),
    Good(
      testDescription: "npy 3 of big-endian words",
      bytes: ImageBytes.npy(version: 3, descr: ">u2", shape: "(2,)", [0xFF, 0xFF, 2, 1]),
      dimensions: [2], values: [65535, 513]),
    Good(
      testDescription: "npy of 64 bits",
      bytes: ImageBytes.npy(descr: "<i8", shape: "(1,)", [5] + [UInt8](repeating: 0, count: 7)),
      dimensions: [1], values: [5]),
    Good(
      testDescription: "npy of booleans in other words",
      bytes: ImageBytes.npy(
        header: "{\"shape\":(2,) ,'fortran_order':True,'descr':\"|b1\"}  ", [0, 1]),
      dimensions: [2], values: [0, 1]),
    Good(
      testDescription: "PNG",
      bytes: ImageBytes.png(width: 3, height: 2, rows: [[0, 1, 2], [100, 254, 255]]),
      dimensions: [1, 1, 2, 3], values: [0, 1, 2, 100, 254, 255]),
    Good(
      testDescription: "PNG of colours",
      bytes: ImageBytes.png(width: 2, height: 1, color: 2, rows: [[1, 2, 3, 4, 5, 6]]),
      dimensions: [1, 3, 1, 2], values: [1, 4, 2, 5, 3, 6], channels: 3),
    Good(
      testDescription: "PNG of gray as colours",
      bytes: ImageBytes.png(width: 2, height: 1, rows: [[7, 200]]),
      dimensions: [1, 3, 1, 2], values: [7, 200, 7, 200, 7, 200], channels: 3),
    Good(
      testDescription: "PNG of one bit",
      bytes: ImageBytes.png(width: 9, height: 1, depth: 1, rows: [[0b1010_0000, 0x80]]),
      dimensions: [1, 1, 1, 9], values: [255, 0, 255, 0, 0, 0, 0, 0, 255]),
    Good(
      testDescription: "PNG that is transparent",
      bytes: ImageBytes.png(width: 2, height: 1, color: 4, rows: [[200, 0, 90, 255]]),
      dimensions: [1, 1, 1, 2], values: [0, 90]),
  ]

  @Test(arguments: good) func reads(_ given: Good) throws {
    let found = try ImageFile.read(given.bytes, channels: given.channels)
    #expect(found.dimensions == given.dimensions)
    #expect(found.values == given.values)
  }

  struct Broken: CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let message: String
    var channels = 1
  }

  static let broken = [
    Broken(testDescription: "empty", bytes: [], message: "it is no PNG, npy or IDX file"),
    Broken(
      testDescription: "text", bytes: Array("P5 2 2 255".utf8),
      message: "it is no PNG, npy or IDX file"),
    Broken(
      testDescription: "IDX without dimensions", bytes: [0, 0, 8, 0],
      message:
        "it has 0 dimensions; images have 2 to 4 ([images, channels, rows, columns]) and labels 1"),
    Broken(
      testDescription: "IDX header cut off", bytes: [0, 0, 8, 3, 0, 0, 0, 1],
      message: "it ends within its header: 8 bytes of 16; it is truncated"),
    Broken(
      testDescription: "IDX of real numbers",
      bytes: ImageBytes.idx(type: 0x0D, [1], [0, 0, 0, 0]),
      message:
        "its values are of type 0x0D; integers are 0x08 (unsigned bytes), 0x09, 0x0B and 0x0C"),
    Broken(
      testDescription: "IDX cut off", bytes: ImageBytes.idx([2, 2], [1, 2, 3]),
      message:
        "its dimensions are [2, 2] of 1 bytes each, but 3 bytes follow its header: it is truncated or "
        + "damaged"),
    Broken(
      testDescription: "IDX larger than any file",
      bytes: ImageBytes.idx([Int(UInt32.max), Int(UInt32.max), Int(UInt32.max)], []),
      message:
        "its dimensions are [4294967295, 4294967295, 4294967295] of 1 bytes each, but 0 bytes follow "
        + "its header: it is truncated or damaged"),
    Broken(
      testDescription: "npy of version 4", bytes: ImageBytes.npy(version: 4, shape: "(1,)", [1]),
      message: "it is of no known version of numpy's form; known are 1 to 3"),
    Broken(
      testDescription: "npy header cut off",
      bytes: Array(ImageBytes.npy(shape: "(1,)", [1]).prefix(40)),
      message: "its header has 58 bytes, but 30 follow: it is truncated"),
    Broken(
      testDescription: "npy without a length", bytes: [0x93] + Array("NUMPY".utf8) + [1, 0, 4],
      message: "it ends within its header"),
    Broken(
      testDescription: "npy in Fortran's order",
      bytes: ImageBytes.npy(order: "True", shape: "(1, 2)", [1, 2]),
      message:
        "its values are in Fortran's order; save numpy.ascontiguousarray of the array"),
    Broken(
      testDescription: "npy of real numbers",
      bytes: ImageBytes.npy(descr: "<f4", shape: "(1,)", [0, 0, 0, 0]),
      message:
        "its values are of type '<f4'; integers are '|u1', '|i1', '<u2', '<i2', '<i4', '<i8' and the "
        + "like"),
    Broken(
      testDescription: "npy of a scalar", bytes: ImageBytes.npy(shape: "()", [1]),
      message:
        "it has 0 dimensions; images have 2 to 4 ([images, channels, rows, columns]) and labels 1"),
    Broken(
      testDescription: "npy cut off", bytes: ImageBytes.npy(shape: "(2, 2)", [1, 2, 3]),
      message:
        "its shape is [2, 2] of '|u1', but 3 bytes follow its header: it is truncated or damaged"),
    Broken(
      testDescription: "npy of large numbers",
      bytes: ImageBytes.npy(descr: "<u4", shape: "(1,)", [0, 0, 0, 0x80]),
      message: "it holds a value outside -2147483648 to 2147483647"),
    Broken(
      testDescription: "npy of objects",
      bytes: ImageBytes.npy(header: "{'descr': [('a', '<i4')], 'fortran_order': False}", []),
      message:
        "its header is not of the form {'descr': '|u1', 'fortran_order': False, 'shape': (3, 28, 28), }"
    ),
    Broken(
      testDescription: "PNG header cut off",
      bytes: Array(ImageBytes.png(width: 1, height: 1, rows: [[0]]).prefix(30)),
      message: "the PNG ends within its header"),
    Broken(
      testDescription: "PNG cut off",
      bytes: Array(ImageBytes.png(width: 1, height: 1, rows: [[0]]).prefix(45)),
      message: "the PNG is damaged: read beyond end of data"),
    Broken(
      testDescription: "PNG without its pixels",
      bytes: ImageBytes.png(width: 4, height: 4, rows: [[0, 0, 0, 0]]),
      message: "the PNG is damaged: Not enough image data"),
    Broken(
      testDescription: "PNG that claims much",
      bytes: ImageBytes.png(width: 4000, height: 4000, rows: [[0]]),
      message:
        "the PNG claims 4000 x 4000 pixels, more than its 67 bytes hold or more than 16777216"),
    Broken(
      testDescription: "PNG for two channels",
      bytes: ImageBytes.png(width: 1, height: 1, rows: [[0]]),
      message: "a PNG has 1 channel or 3, but the network takes 2; use npy or IDX", channels: 2),
    Broken(
      testDescription: "gzip cut off",
      bytes: Array(ImageBytes.gzip(ImageBytes.idx([1], [1])).dropLast(3)),
      message: "its gzip data is truncated or damaged"),
    Broken(
      testDescription: "gzip that grows",
      bytes: ImageBytes.gzip([UInt8](repeating: 0, count: 2 << 20)),
      message: "it unpacks to more than 100 times its size; unpack it with gunzip"),
    Broken(
      testDescription: "gzip twice", bytes: ImageBytes.gzip(ImageBytes.gzip([1])),
      message: "it is packed twice; unpack it"),
  ]

  @Test(arguments: broken) func refuses(_ given: Broken) {
    let error = #expect(throws: ImageError.self) {
      try ImageFile.read(given.bytes, channels: given.channels)
    }
    #expect(error?.description == given.message)
  }

  @Test func refusesPlaces() {
    for (path, message) in [
      ("/nonexistent/a.png", "there is no such file"), ("/tmp", "this is a folder; name a file"),
      ("/dev/zero", "this is not a regular file; name one"),
    ] {
      let error = #expect(throws: ImageError.self) { try ImageFile.read(path, channels: 1) }
      #expect(error?.description == "\(path): \(message)")
    }
  }
}
