/// Bits of one net: ranges that neither overlap nor touch, in order.
struct BitRanges {
  private(set) var ranges: [Range<Int>] = []

  mutating func insert(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    var merged = range
    ranges.removeAll { other in
      guard other.lowerBound <= merged.upperBound, merged.lowerBound <= other.upperBound else {
        return false
      }
      merged =
        Swift.min(
          other.lowerBound, merged.lowerBound)..<Swift.max(other.upperBound, merged.upperBound)
      return true
    }
    ranges.insert(
      merged, at: ranges.firstIndex { $0.lowerBound > merged.lowerBound } ?? ranges.count)
  }

  mutating func formUnion(_ other: BitRanges) {
    for range in other.ranges { insert(range) }
  }

  func contains(_ range: Range<Int>) -> Bool {
    ranges.contains { $0.lowerBound <= range.lowerBound && range.upperBound <= $0.upperBound }
  }

  func intersection(_ other: BitRanges) -> BitRanges {
    var result = BitRanges()
    for a in ranges {
      for b in other.ranges where a.overlaps(b) {
        result.insert(a.clamped(to: b))
      }
    }
    return result
  }
}

/// Bits of several nets.
struct NetBits {
  private var nets: [Int: BitRanges] = [:]

  mutating func insert(_ bits: ElaboratedModule.Bits) {
    nets[bits.net, default: BitRanges()].insert(bits.low..<bits.low + bits.width)
  }

  mutating func formUnion(_ other: NetBits) {
    for (net, ranges) in other.nets { nets[net, default: BitRanges()].formUnion(ranges) }
  }

  func intersection(_ other: NetBits) -> NetBits {
    var result = NetBits()
    for (net, ranges) in nets {
      guard let others = other.nets[net] else { continue }
      result.nets[net] = ranges.intersection(others)
    }
    return result
  }

  func contains(_ bits: ElaboratedModule.Bits) -> Bool {
    nets[bits.net]?.contains(bits.low..<bits.low + bits.width) ?? false
  }
}
