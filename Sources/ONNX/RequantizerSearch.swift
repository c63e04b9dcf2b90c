import Networks

/// Finds the multiplier and shift that come to the same as dividing real numbers by a scale.
struct RequantizerSearch {
  let format: ActivationFormat
  let clamp: ClosedRange<Int>
  /// Whether sums below 0 pass their thresholds.
  let hasNegative: Bool

  /// M and S for sums in steps of `unit` that are divided by `step`.
  ///
  /// Where unit/step is M/2^S, these. Else runtimes multiply by the ratio in single precision,
  /// round(float(sum) * float(unit/step)), whose result rises with the sum: M and S are so chosen that
  /// every result begins at the same sum, with the smallest S. No sum within `bound` then differs.
  ///
  /// - Returns: nil where there are none: products that single precision rounds to ties go up and down to
  ///   even numbers, and those of one M/2^S all one way.
  func find(
    unit: Double, step: Float, bound: AccumulatorBound
  ) -> (multiplier: UInt32, shift: UInt8)? {
    Self.exact(unit, Double(step)) ?? equivalent(to: Float(unit) / step, bound)
  }

  /// The ratio in single precision as M and S, and the sums within `bound`, of one sign, whose results
  /// differ from those of single precision.
  func nearest(
    unit: Double, step: Float, bound: AccumulatorBound
  ) -> (multiplier: UInt32, shift: UInt8, differing: Int)? {
    let ratio = Float(unit) / step
    guard let (multiplier, shift) = Self.exact(Double(ratio), 1),
      let largest = largestSum(bound, ratio)
    else { return nil }
    let divisor = Int128(1) << Int128(shift)
    var differing = 0
    for level in stride(from: 1, through: levels, by: 1) {
      let first = firstSum(reaching: level, ratio, largest)
      // M * sum / 2^S >= level - 1/2, ties to the even one.
      let half = Int128(2 * level - 1) * divisor
      let factor = 2 * Int128(multiplier)
      var own = (half + factor - 1) / factor
      if own * factor == half, level % 2 == 1 { own += 1 }
      differing += abs(min(Int(own), largest + 1) - first)
      if first > largest { break }
    }
    return (multiplier, shift, differing)
  }

  private static func exact(_ unit: Double, _ step: Double) -> (UInt32, UInt8)? {
    guard unit > 0, unit.isNormal else { return nil }
    let (a, b) = (odd(unit), odd(step))
    guard a.significand.isMultiple(of: b.significand) else { return nil }
    let exponent = a.exponent - b.exponent
    let significand = a.significand / b.significand
    guard (-63...31).contains(exponent), significand < 1 << 32 else { return nil }
    let multiplier = exponent > 0 ? significand << UInt64(exponent) : significand
    return UInt32(exactly: multiplier).map { ($0, UInt8(max(0, -exponent))) }
  }

  /// A number as significand * 2^exponent, the significand odd.
  private static func odd(_ value: Double) -> (significand: UInt64, exponent: Int) {
    let significand = value.significandBitPattern | 1 << 52
    let zeros = significand.trailingZeroBitCount
    return (significand >> UInt64(zeros), Int(value.exponent) - 52 + zeros)
  }

  /// A bound of M/2^S: numerator / denominator, which it may or may not equal.
  fileprivate struct Limit {
    var numerator, denominator: Int128
    var isReached: Bool
  }

  /// Results on both sides of zero begin at the same magnitude.
  private var levels: Int { max(clamp.upperBound, hasNegative ? -clamp.lowerBound : 0) }

  /// The largest magnitude of a sum; nil where it or the ratio is out of all proportion.
  private func largestSum(_ bound: AccumulatorBound, _ ratio: Float) -> Int? {
    let largest = max(bound.high, hasNegative ? -bound.low : 0)
    return ratio > 0 && ratio.isNormal && largest < 1 << 40 ? Int(largest) : nil
  }

  /// The first sum whose result in single precision is at least `level`; one more than the largest if
  /// none is.
  private func firstSum(reaching level: Int, _ ratio: Float, _ largest: Int) -> Int {
    func result(_ sum: Int) -> Float { (Float(sum) * ratio).rounded(.toNearestOrEven) }
    var first = Int(min(Double(largest), max(0, (Double(level) - 0.5) / Double(ratio))))
    while first > 0, result(first) >= Float(level) { first -= 1 }
    while first <= largest, result(first) < Float(level) { first += 1 }
    return first
  }

  private func equivalent(
    to ratio: Float, _ bound: AccumulatorBound
  ) -> (multiplier: UInt32, shift: UInt8)? {
    guard let largest = largestSum(bound, ratio) else { return nil }
    var low = Limit(numerator: 0, denominator: 1, isReached: true)
    var high = Limit(numerator: 1 << 32, denominator: 1, isReached: false)
    for level in stride(from: 1, through: levels, by: 1) {
      let first = firstSum(reaching: level, ratio, largest)
      // M/2^S * first >= level - 1/2, M/2^S * (first - 1) <= level - 1/2; ties go to the even one.
      let half = Int128(2 * level - 1)
      let isEven = level % 2 == 0
      if first <= largest {
        low.raise(to: Limit(numerator: half, denominator: 2 * Int128(first), isReached: isEven))
      }
      if first > 1 {
        high.lower(
          to: Limit(numerator: half, denominator: 2 * Int128(first - 1), isReached: !isEven))
      }
      if first > largest { break }
    }
    for shift in 0...63 {
      let multiplier = max(1, low.least(times: Int128(1) << Int128(shift)))
      guard multiplier < 1 << 32 else { return nil }
      if high.allows(multiplier, over: Int128(1) << Int128(shift)) {
        return (UInt32(multiplier), UInt8(shift))
      }
    }
    return nil
  }
}

extension RequantizerSearch.Limit {
  fileprivate mutating func raise(to other: Self) {
    let (a, b) = (other.numerator * denominator, numerator * other.denominator)
    if a > b || a == b && !other.isReached { self = other }
  }

  fileprivate mutating func lower(to other: Self) {
    let (a, b) = (other.numerator * denominator, numerator * other.denominator)
    if a < b || a == b && !other.isReached { self = other }
  }

  /// The least integer that is not below `factor` times this.
  fileprivate func least(times factor: Int128) -> Int128 {
    let product = numerator * factor
    let floor = product / denominator
    if product % denominator == 0, isReached { return floor }
    return floor + 1
  }

  /// Whether `multiplier / factor` is not above this.
  fileprivate func allows(_ multiplier: Int128, over factor: Int128) -> Bool {
    let (a, b) = (multiplier * denominator, numerator * factor)
    return a < b || a == b && isReached
  }
}
