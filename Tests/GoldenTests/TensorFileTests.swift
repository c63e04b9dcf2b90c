import Foundation
import Testing

@testable import Networks

/// Each way in which a safetensors file can be broken, with its message.
@Suite struct TensorFileTests {
  struct Case: CustomTestStringConvertible {
    let testDescription: String
    let content: Data
    let message: String

    init(_ description: String, _ content: Data, _ message: String) {
      testDescription = description
      self.content = content
      self.message = message
    }

    /// A file of this header, with its right length, and `count` bytes of data.
    init(_ description: String, header: String, data count: Int = 0, _ message: String) {
      self.init(description, Self.file(header, data: count), message)
    }

    static func file(_ header: String, length: UInt64? = nil, data count: Int = 0) -> Data {
      let length = length ?? UInt64(header.utf8.count)
      return Data(withUnsafeBytes(of: length.littleEndian, Array.init)) + Data(header.utf8)
        + Data(count: count)
    }
  }

  private static func tensor(
    _ name: String = "a", dtype: String = "I16", shape: String = "[2]", offsets: String = "[0,4]"
  ) -> String {
    "\"\(name)\":{\"dtype\":\"\(dtype)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
  }

  static let cases = [
    Case(
      "empty", Data(),
      "the file has 0 bytes; a safetensors file starts with 8 bytes of header length"),
    Case(
      "7 bytes", Data(count: 7),
      "the file has 7 bytes; a safetensors file starts with 8 bytes of header length"),
    Case(
      "header cut off", Case.file("{}", length: 3),
      "the header length is 3 bytes, but 2 follow: the file is truncated or no safetensors file"),
    Case(
      "absurd header length", Case.file("{}", length: .max),
      "the header length is 18446744073709551615 bytes, but 2 follow: the file is truncated or no "
        + "safetensors file"),
    Case(
      "another format", Data("#!/bin/sh\necho hello\n".utf8),
      "the header length is 8299974037164990755 bytes, but 13 follow: the file is truncated or no "
        + "safetensors file"),
    Case(
      "header length too small", Case.file("{}", length: 1),
      "the header is not JSON: it ends where '\"' is expected"),
    Case(
      "header length too large", Case.file("{}", length: 3, data: 1),
      "the header is not JSON: byte 2 is not the end"),
    Case("no object", header: "[]", "the header is not a JSON object"),
    Case(
      "metadata no object", header: "{\"__metadata__\":1}",
      "__metadata__ is not a JSON object of strings"),
    Case(
      "metadata number", header: "{\"__metadata__\":{\"x\":1}}",
      "'x' in __metadata__ is not a string"),
    Case(
      "no dtype", header: "{\"a\":{\"shape\":[2],\"data_offsets\":[0,4]}}", data: 4,
      "tensor 'a' has no dtype string"),
    Case(
      "unknown dtype", header: "{\(tensor(dtype: "I12"))}", data: 4,
      "tensor 'a' has the unknown dtype 'I12'; known are I8, U8, I16, U16, I32, U32, I64, U64, "
        + "BOOL, F8_E4M3, F8_E5M2, F16, BF16, F32, F64"),
    Case(
      "no shape", header: "{\"a\":{\"dtype\":\"I8\",\"data_offsets\":[0,4]}}", data: 4,
      "tensor 'a' has no shape that is a list of integers from 0"),
    Case(
      "negative shape", header: "{\(tensor(shape: "[-2]"))}", data: 4,
      "tensor 'a' has no shape that is a list of integers from 0"),
    Case(
      "fractional shape", header: "{\(tensor(shape: "[2.0]"))}", data: 4,
      "tensor 'a' has no shape that is a list of integers from 0"),
    Case(
      "shape product overflows", header: "{\(tensor(shape: "[4294967296,4294967296]"))}", data: 4,
      "tensor 'a' has shape [4294967296, 4294967296], which is more than any file holds"),
    Case(
      "three offsets", header: "{\(tensor(offsets: "[0,4,8]"))}", data: 4,
      "tensor 'a' has no data_offsets [begin, end] with 0 <= begin <= end"),
    Case(
      "offsets turned", header: "{\(tensor(offsets: "[4,0]"))}", data: 4,
      "tensor 'a' has no data_offsets [begin, end] with 0 <= begin <= end"),
    Case(
      "offsets not matching the shape", header: "{\(tensor(offsets: "[0,6]"))}", data: 6,
      "tensor 'a' has 6 bytes at data_offsets [0, 6], but shape [2] of I16 takes 4"),
    Case(
      "data cut off", header: "{\(tensor())}", data: 3,
      "tensor 'a' ends at byte 4 of the data, but the file holds 3: it is truncated"),
    Case(
      "overlap", header: "{\(tensor()),\(tensor("b", offsets: "[2,6]"))}", data: 6,
      "tensors 'a' and 'b' overlap; each must have its own bytes"),
    Case(
      "gap", header: "{\(tensor()),\(tensor("b", offsets: "[6,10]"))}", data: 10,
      "no tensor covers bytes 4 to 5 of the data; tensors must follow each other without a gap"),
    Case(
      "bytes left over", header: "{\(tensor())}", data: 5,
      "the tensors end at byte 4 of the data, but the file holds 5; nothing may follow them"),
    Case(
      "duplicate name", header: "{\(tensor()),\(tensor(offsets: "[4,8]"))}", data: 8,
      "the header is not JSON: 'a' is given twice; names must differ"),
  ]

  @Test(arguments: cases) func brokenFile(_ given: Case) {
    let error = #expect(throws: NetworkError.self) {
      try TensorFile(content: given.content, path: "F")
    }
    #expect(error?.description == "F: \(given.message)")
  }

  @Test func noFile() throws {
    let folder = Fixtures.golden.path
    for (path, message) in [
      ("/nonexistent/model", "there is no such file; a safetensors file is expected"),
      (folder, "this is a folder; a safetensors file is expected"),
    ] {
      let error = #expect(throws: NetworkError.self) { try TensorFile(path: path) }
      #expect(error?.description == "\(path): \(message)")
    }
  }

  struct Access: CustomTestStringConvertible {
    let name: String
    let shape: [Int]
    let types: [ElementType]
    let message: String
    var testDescription: String { message }
  }

  @Test(arguments: [
    Access(
      name: "b", shape: [2], types: [.int16],
      message: "there is no tensor 'b' of shape [2]"),
    Access(
      name: "a", shape: [1, 2], types: [.int16],
      message: "tensor 'a' has shape [2] and must have [1, 2]"),
    Access(
      name: "a", shape: [2], types: [.int8, .int32],
      message: "tensor 'a' is of type I16 and must be I8, I32"),
    Access(
      name: "a", shape: [2], types: [.int16],
      message: "tensor 'a' of type I16 holds a value outside -128 to 127"),
  ])
  func wrongAccess(_ given: Access) throws {
    let content = TensorFile.content(
      [Tensor(name: "a", types: [.int16], shape: [2], values: [300, -1])], metadata: [:])
    let file = try TensorFile(content: content, path: "F")
    let error = #expect(throws: NetworkError.self) {
      let _: [Int8] = try file.values(of: given.name, shape: given.shape, types: given.types)
    }
    #expect(error?.description == "F: \(given.message)")
  }

  /// The extremes of every integer type, written and read again.
  @Test func everyIntegerType() throws {
    let types = ElementType.signedIntegers + ElementType.unsignedIntegers
    for type in types {
      let range = try #require(type.integers)
      let values = [Int64(range.lowerBound), 1, Int64(clamping: range.upperBound)]
      let content = TensorFile.content(
        [
          Tensor(name: "odd", types: [.uint8], shape: [1], values: [7]),
          Tensor(name: "a", types: [type], shape: [3, 1], values: values),
        ], metadata: ["k\"\n": "v\\\u{1}é"])
      // The low byte of the header length: the data starts at a multiple of 8.
      #expect(content[0] % 8 == 0)
      let file = try TensorFile(content: content, path: "F")
      #expect(try file.values(of: "a", shape: [3, 1], types: [type]) == values)
      #expect(file.metadata == ["k\"\n": "v\\\u{1}é"])
      #expect(file.names == ["a", "odd"])
    }
  }

  /// Bytes as numpy writes them: little-endian.
  @Test func byteOrder() throws {
    let header = "{\(Self.tensor(dtype: "U16", shape: "[1]", offsets: "[0,2]"))}"
    let file = try TensorFile(content: Case.file(header) + Data([0x34, 0x12]), path: "F")
    #expect(try file.values(of: "a", shape: [1], types: [.uint16]) == [0x1234])
  }
}
