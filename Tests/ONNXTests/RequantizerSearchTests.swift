import Golden
import Networks
import Testing

@testable import ONNX

/// Multipliers and shifts against single precision, sum by sum.
@Suite struct RequantizerSearchTests {
  static let unsigned = RequantizerSearch(
    format: ActivationFormat(width: 8, isSigned: false), clamp: 0...255, hasNegative: false)
  static let signed = RequantizerSearch(
    format: ActivationFormat(width: 8, isSigned: true), clamp: -127...127, hasNegative: true)

  private func single(_ sum: Int, _ ratio: Float, _ clamp: ClosedRange<Int>) -> Int {
    let rounded = (Float(sum) * ratio).rounded(.toNearestOrEven)
    return Int(min(max(rounded, Float(clamp.lowerBound)), Float(clamp.upperBound)))
  }

  /// Ties to even, of exact integers.
  private func integer(_ sum: Int, _ m: UInt32, _ s: UInt8, _ clamp: ClosedRange<Int>) -> Int {
    let product = Int128(abs(sum)) * Int128(m)
    let (floor, rest) = (product >> Int128(s), product & (Int128(1) << Int128(s) - 1))
    let twice = 2 * rest
    let one = Int128(1) << Int128(s)
    let rounded = Int(twice > one || twice == one && floor & 1 == 1 ? floor + 1 : floor)
    return min(max(sum < 0 ? -rounded : rounded, clamp.lowerBound), clamp.upperBound)
  }

  @Test(arguments: [unsigned, signed], [0.0123 as Float, 0.5, 1.371, 0.000731, 3.3e-6])
  func isSinglePrecision(search: RequantizerSearch, ratio: Float) throws {
    let (low, high) = (search.hasNegative ? -70_000 : 0, 90_000)
    let bound = AccumulatorBound(low: Int128(low), high: Int128(high))
    // A step that is no power of two, so that the ratio is no M/2^S.
    let step: Float = 0.3
    let unit = Double(ratio * step)
    let (multiplier, shift) = try #require(search.find(unit: unit, step: step, bound: bound))
    let own = Float(unit) / step
    for sum in low...high {
      let (a, b) = (
        single(sum, own, search.clamp), integer(sum, multiplier, shift, search.clamp)
      )
      if a != b {
        Issue.record("\(sum): \(a) in single precision, \(b) by \(multiplier) / 2^\(shift)")
        return
      }
    }
  }

  @Test(
    arguments: [
      (0.25, 1, 1, 2), (0.75, 1, 3, 2), (3, 1, 3, 0), (0x1.8p-20, 0.5, 3, 20), (1, 0.25, 4, 0),
      (0x1p-63, 1, 1, 63),
    ] as [(Double, Float, UInt32, UInt8)])
  func exactRatios(unit: Double, step: Float, multiplier: UInt32, shift: UInt8) throws {
    let found = try #require(
      Self.unsigned.find(unit: unit, step: step, bound: AccumulatorBound(low: 0, high: 1 << 31)))
    #expect(found == (multiplier, shift))
  }

  /// 1.7 times 5 and 15 is rounded to 8.5 and 25.5, of which single precision makes 8 and 26.
  @Test func tiesThatNoMultiplierHas() throws {
    let bound = AccumulatorBound(low: 0, high: 1530)
    let (unit, step) = (Double(0.51 as Float), 0.3 as Float)
    #expect(Self.unsigned.find(unit: unit, step: step, bound: bound) == nil)
    let nearest = try #require(Self.unsigned.nearest(unit: unit, step: step, bound: bound))
    let ratio = Float(unit) / step
    let differing = (0...1530).count { sum in
      single(sum, ratio, 0...255) != integer(sum, nearest.multiplier, nearest.shift, 0...255)
    }
    #expect(differing == nearest.differing && (1..<16).contains(differing))
  }
}
