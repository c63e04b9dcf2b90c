import Foundation
import Testing

@testable import Networks

/// Real numbers in safetensors files.
@Suite struct RealTensorTests {
  /// A file of one tensor `a` of these bytes.
  static func file(_ type: String, _ count: Int, _ bytes: [UInt8]) throws -> TensorFile {
    let header =
      "{\"a\":{\"dtype\":\"\(type)\",\"shape\":[\(count)],\"data_offsets\":[0,\(bytes.count)]}}"
    let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init)
    return try TensorFile(content: Data(length + Array(header.utf8) + bytes), path: "F")
  }

  /// Every pattern of 16 bits, against what the compiler's own type makes of it.
  @Test func everyHalf() throws {
    let patterns = (0...UInt16.max).map { $0 }
    let bytes = patterns.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) }
    let reals = try Self.file("F16", patterns.count, bytes).reals(of: "a", shape: [patterns.count])
    for (pattern, real) in zip(patterns, reals) {
      let expected = Float(Float16(bitPattern: pattern))
      #expect(
        real.bitPattern == expected.bitPattern || real.isNaN && expected.isNaN, "\(pattern)")
    }
  }

  @Test func otherTypes() throws {
    let brain = try Self.file("BF16", 3, [0x80, 0x3F, 0x00, 0xC0, 0x01, 0x00])
    #expect(try brain.reals(of: "a", shape: [3]) == [1, -2, 0x1p-133])
    let single = try Self.file("F32", 1, [0xDB, 0x0F, 0x49, 0x40])
    #expect(try single.reals(of: "a", shape: [1]) == [.pi.nextUp])
    let double = try Self.file("F64", 1, [0x18, 0x2D, 0x44, 0x54, 0xFB, 0x21, 0x09, 0x40])
    #expect(try double.reals(of: "a", shape: [1]) == [Float(Double.pi)])
  }

  @Test func writtenAndReadAgain() throws {
    let singles: [Float] = [0, -0.1, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
    let content = TensorFile.content(
      [
        Tensor(name: "s", shape: [2, 2], reals: singles),
        Tensor(name: "i", types: [.int8], shape: [1], values: [-3]),
        Tensor(name: "d", shape: [1], reals: [0.1]),
      ], metadata: [:])
    let file = try TensorFile(content: content, path: "F")
    #expect(try file.reals(of: "s", shape: [2, 2]) == singles)
    #expect(try file.reals(of: "d", shape: [1]) == [0.1])
    #expect(try file.values(of: "i", shape: [1], types: [.int8]) == [-3])
  }

  @Test func integersAreNoReals() throws {
    let file = try Self.file("I8", 1, [1])
    let error = #expect(throws: NetworkError.self) { try file.reals(of: "a", shape: [1]) }
    #expect(
      error?.description == "F: tensor 'a' is of type I8 and must be F16, BF16, F32, F64")
  }
}
