import Foundation

/// Numbers as a page prints them.
public enum NumberText {
  /// A whole number with a narrow space between thousands.
  public static func grouped(_ number: some BinaryInteger) -> String {
    grouped(digits: String(number))
  }

  /// `value` with `decimals` digits behind the point and a narrow space between thousands.
  public static func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return "-" }
    return grouped(digits: String(format: "%.\(max(0, decimals))f", value))
  }

  /// A decimal number, such as "-1234.5", with a narrow space between thousands.
  public static func grouped(digits text: String) -> String {
    let sign = text.hasPrefix("-") ? "-" : ""
    let parts = text.dropFirst(sign.count).split(separator: ".", omittingEmptySubsequences: false)
    var whole = String(parts.first ?? "")
    var groups: [String] = []
    while whole.count > 3 {
      groups.insert(String(whole.suffix(3)), at: 0)
      whole.removeLast(3)
    }
    let fraction = parts.count == 2 ? "." + parts[1] : ""
    return sign + ([whole] + groups).joined(separator: "\u{202F}") + fraction
  }

  /// `value` with three significant digits.
  public static func short(_ value: Double) -> String {
    guard value.isFinite else { return "-" }
    guard value != 0 else { return "0" }
    let digits = Int(log10(abs(value)).rounded(.down)) + 1
    return abs(value) < 0.001 || digits > 9
      ? String(format: "%.2e", value) : fixed(value, decimals: max(0, 3 - digits))
  }

  /// `part / whole` in percent with one decimal, or a dash where there is no whole.
  public static func percent(_ part: Double, of whole: Double) -> String {
    whole > 0 ? fixed(100 * part / whole, decimals: 1) + " %" : "-"
  }
}

/// A power of a thousand that an axis is labelled in.
struct Magnitude {
  let factor: Double
  /// Such as "million"; nil for one.
  let name: String?

  /// The largest that leaves at least one whole unit of `value`.
  init(for value: Double) {
    let names = ["thousand", "million", "billion", "trillion"]
    var (factor, name): (Double, String?) = (1, nil)
    // A thousand alone is better written out.
    for (power, word) in names.enumerated() where value >= pow(1000, Double(power + 1)) * 10 {
      (factor, name) = (pow(1000, Double(power + 1)), word)
    }
    self.factor = factor
    self.name = name
  }

  /// An axis' title in this magnitude.
  func title(_ quantity: String, _ unit: String) -> String {
    let measure = [name, unit].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " ")
    return measure.isEmpty ? quantity : "\(quantity) (\(measure))"
  }
}
