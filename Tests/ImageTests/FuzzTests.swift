import Images
import Testing

/// Thousands of damaged files: each is read, or refused in a sentence; nothing traps, and what is read is
/// in proportion to the file.
@Suite struct FuzzTests {
  struct Seed: CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    /// Bytes that say what the others are.
    let header: Int
    var channels = 1
    /// Make the checksums of a PNG's chunks right again.
    var repairs = false
    /// Values for a byte of the file, at most.
    var growth = 1
  }

  static let data = (0..<60).map { UInt8($0 * 4) }
  static let png = ImageBytes.png(
    width: 10, height: 6, rows: (0..<6).map { Array(data[10 * $0..<10 * $0 + 10]) })
  static let colours = ImageBytes.png(
    width: 5, height: 4, color: 6, rows: (0..<4).map { Array(data[$0..<$0 + 20]) })

  static let seeds = [
    Seed(testDescription: "IDX", bytes: ImageBytes.idx([5, 3, 4], data), header: 16),
    Seed(
      testDescription: "IDX of 32 bits", bytes: ImageBytes.idx(type: 0x0C, [1, 3, 1, 5], data),
      header: 20),
    Seed(testDescription: "npy", bytes: ImageBytes.npy(shape: "(5, 3, 4)", data), header: 70),
    Seed(
      testDescription: "npy 2",
      bytes: ImageBytes.npy(version: 2, descr: "<i4", shape: "(15,)", data),
      header: 70),
    // A byte of deflate holds 1032 others, and each of these 8 pixels.
    Seed(testDescription: "PNG", bytes: png, header: 60, growth: 8256),
    Seed(
      testDescription: "PNG with right checksums", bytes: png, header: 60, repairs: true,
      growth: 8256),
    Seed(
      testDescription: "PNG of colours with right checksums", bytes: colours, header: 60,
      channels: 3, repairs: true, growth: 3 * 8256),
    Seed(
      testDescription: "gzip", bytes: ImageBytes.gzip(ImageBytes.idx([5, 3, 4], data)), header: 40,
      growth: 100),
  ]

  @Test(arguments: seeds) func damaged(_ seed: Seed) {
    var mutation = Mutation(seed: UInt64(seed.bytes.count) + (seed.repairs ? 1 : 0))
    var (read, refused) = (0, 0)
    for _ in 0..<3000 {
      var bytes = mutation.damaged(seed.bytes, header: seed.header)
      if seed.repairs { bytes = Self.repaired(bytes) }
      do throws(ImageError) {
        let array = try ImageFile.read(bytes, channels: seed.channels)
        #expect(array.values.count <= seed.growth * bytes.count)
        read += 1
      } catch {
        #expect(!error.description.isEmpty && !error.description.contains("\n"))
        refused += 1
      }
    }
    // Both happen, so that damage goes beyond the first bytes and is seen.
    #expect(refused > 300 && read > 10, "\(read) read, \(refused) refused")
  }

  /// The PNG with the checksum of each whole chunk as it should be.
  static func repaired(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    var place = 8
    while place + 12 <= result.count {
      let length = result[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= result.count - place - 12 else { break }
      let end = place + 8 + length
      let sum = ImageBytes.word(ImageBytes.checksum(Array(result[place + 4..<end])))
      result.replaceSubrange(end..<end + 4, with: sum)
      place = end + 4
    }
    return result
  }
}
