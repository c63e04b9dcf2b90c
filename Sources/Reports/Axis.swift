import Foundation

/// Ticks of a linear axis from zero.
struct LinearAxis {
  /// The axis' end: at least the largest value.
  let end: Double
  /// From zero to the end.
  let ticks: [Double]
  private let decimals: Int

  /// An axis for values up to `largest`, with at most `count` steps of 1, 2 or 5 times a power of ten.
  init(to largest: Double, count: Int = 6) {
    let largest = drawable(largest)
    guard largest > 0 else {
      (end, ticks, decimals) = (1, [0, 1], 0)
      return
    }
    var exponent = Int(log10(largest / Double(count)).rounded(.down))
    var (digit, steps) = (0, 0)
    let digits = [1.0, 2, 5]
    func step() -> Double { digits[digit] * pow(10, Double(exponent)) }
    repeat {
      steps = Int((largest / step() - 1e-9).rounded(.up))
      if steps > count {
        (digit, exponent) = digit == 2 ? (0, exponent + 1) : (digit + 1, exponent)
      }
    } while steps > count
    let size = step()
    let total = max(1, steps)
    end = size * Double(total)
    ticks = (0...total).map { size * Double($0) }
    decimals = max(0, -exponent)
  }

  /// A tick's label.
  func label(_ tick: Double) -> String {
    end < 1e6 ? NumberText.fixed(tick, decimals: decimals) : NumberText.short(tick)
  }
}

/// A logarithmic axis over whole decades.
struct LogAxis {
  /// Powers of ten at its ends.
  let decades: ClosedRange<Int>

  /// An axis that holds all of `values`, which are above zero; one decade where there are none.
  init(_ values: [Double]) {
    let low = values.min().map { Int((log10($0) + 1e-9).rounded(.down)) } ?? 0
    let high = values.max().map { Int((log10($0) - 1e-9).rounded(.up)) } ?? 1
    decades = low...max(low + 1, high)
  }

  /// Where a value stands, from 0 to 1.
  func position(_ value: Double) -> Double {
    (log10(value) - Double(decades.lowerBound)) / Double(decades.count - 1)
  }

  var start: Double { pow(10, Double(decades.lowerBound)) }
  var end: Double { pow(10, Double(decades.upperBound)) }

  /// Places of labels: each decade, and 2 and 5 between them where there are few.
  var ticks: [Double] {
    let digits = decades.count <= 3 ? [1.0, 2, 5] : [1.0]
    return decades.flatMap { decade in digits.map { $0 * pow(10, Double(decade)) } }
      .filter { $0 <= end * (1 + 1e-9) }
  }

  /// A tick's label.
  func label(_ tick: Double) -> String {
    let exponent = Int(log10(tick).rounded(.down))
    return (-3...5).contains(exponent)
      ? NumberText.fixed(tick, decimals: max(0, -exponent))
      : String(format: "%.0e", tick).replacing("e+", with: "e")
  }
}
