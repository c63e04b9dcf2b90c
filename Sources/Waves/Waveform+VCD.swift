import Foundation

/// What a time unit of a value change dump is worth.
public struct Timescale: Sendable, Hashable, CustomStringConvertible {
  /// A unit of time; the raw value is its name in the dump.
  public enum Unit: String, Sendable {
    /// 1 s.
    case seconds = "s"
    /// 10^-3 s.
    case milliseconds = "ms"
    /// 10^-6 s.
    case microseconds = "us"
    /// 10^-9 s.
    case nanoseconds = "ns"
    /// 10^-12 s.
    case picoseconds = "ps"
    /// 10^-15 s.
    case femtoseconds = "fs"
  }

  private let number: Int
  private let unit: Unit

  /// - Precondition: The number is 1, 10 or 100; the format has no others.
  public init(_ number: Int, _ unit: Unit) {
    precondition([1, 10, 100].contains(number), "a time unit is 1, 10 or 100 \(unit)")
    self.number = number
    self.unit = unit
  }

  /// The number and the unit, such as `1 ns`.
  public var description: String { "\(number) \(unit.rawValue)" }
}

extension Waveform {
  /// A value change dump of four states (IEEE 1364-2005, 18.2) for waveform viewers; the same text
  /// for the same waveform.
  ///
  /// Everything lies in the scope `top`, there also a clock, which rises as each cycle begins and
  /// falls half way through it; a recorded signal of its path is left out. A cycle takes 10 time
  /// units.
  ///
  /// - Precondition: `top` and `clock` are of visible ASCII characters.
  public func vcd(
    top: String, timescale: Timescale = Timescale(1, .nanoseconds), clock: String = "clock"
  ) -> String {
    var text = ""
    var writer = VCDWriter(self, top: top, timescale: timescale, clock: clock)
    writer.write { text += String(decoding: $0, as: UTF8.self) }
    return text
  }

  /// Writes the dump that `vcd` describes to an open file, piece by piece.
  ///
  /// - Throws: What the file handle throws where it cannot write.
  public func writeVCD(
    to file: FileHandle, top: String, timescale: Timescale = Timescale(1, .nanoseconds),
    clock: String = "clock"
  ) throws {
    var writer = VCDWriter(self, top: top, timescale: timescale, clock: clock)
    try writer.write { try file.write(contentsOf: Data($0)) }
  }
}
