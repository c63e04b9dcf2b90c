/// How often activations of each magnitude occur, zeros left out.
///
/// A bin holds the numbers of single precision that agree in their exponent and the first 11 bits of
/// their fraction: its ends are a factor of at most 1 + 2^-11 apart.
public struct ActivationHistogram: Sendable {
  private static let dropped: UInt32 = 12

  /// By bin, which is a magnitude's bit pattern without its last bits.
  private(set) var counts: [UInt32: Int] = [:]
  /// Values that are not zero.
  public private(set) var count = 0
  /// The largest magnitude; 0 where there is none.
  public private(set) var maximum: Float = 0

  public init() {}

  /// Takes values that are finite.
  mutating func add(_ values: [Float]) {
    for value in values where value != 0 {
      maximum = max(maximum, value.magnitude)
      counts[value.magnitude.bitPattern >> Self.dropped, default: 0] += 1
      count += 1
    }
  }

  mutating func add(_ other: ActivationHistogram) {
    counts.merge(other.counts, uniquingKeysWith: +)
    count += other.count
    maximum = max(maximum, other.maximum)
  }

  /// The upper end of the bin that `percent` percent of the values are in or below, and no more than the
  /// largest; 0 where there are no values.
  func percentile(_ percent: Double) -> Float {
    var rest = (Double(count) * percent / 100).rounded(.up)
    for (bin, count) in counts.sorted(by: { $0.key < $1.key }) {
      rest -= Double(count)
      if rest <= 0 { return min(Float(bitPattern: (bin + 1) << Self.dropped), maximum) }
    }
    return maximum
  }

  /// The middle of each bin and how many values are in it, in order.
  var bins: [(value: Double, count: Double)] {
    counts.sorted { $0.key < $1.key }.map { bin, count in
      (Double(Float(bitPattern: bin << Self.dropped | 1 << (Self.dropped - 1))), Double(count))
    }
  }
}
