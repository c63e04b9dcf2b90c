/// Files that are damaged in the ways of disks, networks and attackers.
struct Mutation {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func below(_ limit: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % UInt64(max(1, limit)))
  }

  /// One to four damages, mostly within the first `header` bytes.
  mutating func damaged(_ bytes: [UInt8], header: Int) -> [UInt8] {
    var result = bytes
    for _ in 0..<1 + below(4) {
      let place = below(below(4) == 0 ? result.count : min(header, result.count))
      switch below(8) {
      case 0 where !result.isEmpty: result[place] ^= 1 << UInt8(below(8))
      case 1 where !result.isEmpty: result[place] = [0, 0x7F, 0x80, 0xFF, 0x20, 0x30][below(6)]
      case 2: result.removeLast(below(result.count + 1))
      case 3:
        result.insert(contentsOf: (0..<1 + below(9)).map { _ in UInt8(below(256)) }, at: place)
      case 4: result.removeSubrange(place..<min(result.count, place + 1 + below(9)))
      // An integer at its ends.
      case 5 where place + 4 <= result.count:
        let words: [[UInt8]] = [
          [0xFF, 0xFF, 0xFF, 0xFF], [0x7F, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0], [0x80, 0, 0, 0],
          [0, 1, 0, 0], [0xFF, 0xFF, 0xFF, 0x7F],
        ]
        result.replaceSubrange(place..<place + 4, with: words[below(words.count)])
      case 6: result += result.prefix(below(64))
      default:
        let from = below(result.count)
        let part = Array(result[from..<min(result.count, from + below(16))])
        result.insert(contentsOf: part, at: min(place, result.count))
      }
    }
    return result
  }
}
