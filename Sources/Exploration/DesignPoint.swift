/// A design with what the model says of it.
public struct DesignPoint: Sendable, Equatable {
  /// Its number in the space.
  public let number: Int
  public let design: Design
  /// Cycles in which the machine advances; those that wait for the memory are not modelled.
  public let cycles: Int
  /// In millionths of the cost table's unit.
  public let energy: Int128
  /// Beats of the memory's bus, each of which takes at least a cycle.
  public let memoryBeats: Int
  /// Multiply-accumulates that were issued, active or gated, of all that the PEs could do in the cycles; in
  /// millionths.
  public let utilization: Int
  /// Whether the activation buffers hold every layer's map; where they do not, the events of bringing maps to
  /// memory and back are missing.
  public let fits: Bool
  /// Why the Verilog cannot do it; empty where it can.
  public let modelOnlyReasons: [String]

  public var objectives: Objectives {
    Objectives(energy: energy, cycles: cycles, bufferBits: design.bufferBits)
  }
}

/// Numbers of millionths as decimals.
public enum Millionths {
  /// In decimal, with six digits behind the point.
  public static func text(_ value: Int128) -> String {
    let (whole, rest) = value.quotientAndRemainder(dividingBy: 1_000_000)
    let digits = String(rest)
    return "\(whole)." + String(repeating: "0", count: 6 - digits.count) + digits
  }

  /// The number of a decimal with at most six digits behind the point; nil where it is none.
  public static func parse(_ text: String) -> Int128? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard 1...2 ~= parts.count, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) })
    else { return nil }
    let fraction = parts.count == 2 ? parts[1] : ""
    guard fraction.count <= 6 else { return nil }
    return Int128(parts[0] + fraction + String(repeating: "0", count: 6 - fraction.count))
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
