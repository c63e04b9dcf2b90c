import Simulation

/// A test bench that records another one: what is done with it, is done with that one.
///
/// A cycle is recorded with the values that it has settled to, just before its end: inputs poked in
/// it and the outputs that follow from them. Where a value cannot be read, because a lockstep finds
/// a difference there, it is not known, and the error is left for those who read it or step.
public final class RecordingBench: TestBench {
  private let bench: any TestBench
  private var recording: Waveform

  /// Records the ports of `bench`, and other signals whose paths it knows.
  ///
  /// - Throws: `TestBenchError` where the bench has no signal of one of the other paths, or of
  ///   another width.
  public init(_ bench: any TestBench, also signals: [Waveform.Signal] = []) throws {
    self.bench = bench
    for signal in signals {
      let width = try bench.peek(bits: signal.path).width
      guard width == signal.width else {
        throw TestBenchError("`\(signal.path)` has \(width) bits, not \(signal.width)")
      }
    }
    let ports = bench.ports.map {
      Waveform.Signal(path: $0.name, width: $0.width, isSigned: $0.isSigned)
    }
    let names = Set(ports.map(\.path))
    recording = Waveform(signals: ports + signals.filter { !names.contains($0.path) })
  }

  /// The ports of the bench that is recorded, in order.
  public var ports: [Port] { bench.ports }
  /// Rising edges so far of the bench that is recorded.
  public var cycle: Int { bench.cycle }

  /// Gives an input of the bench its value.
  ///
  /// - Throws: What the bench throws.
  public func poke(_ name: String, bits: BitVector) throws { try bench.poke(name, bits: bits) }

  /// The value that the bench has for a port, or for a signal by its path.
  ///
  /// - Throws: What the bench throws.
  public func peek(bits name: String) throws -> BitVector { try bench.peek(bits: name) }

  /// Records the cycle that ends, then one rising edge of the clock.
  ///
  /// - Throws: What the bench throws.
  public func step() throws {
    record()
    try bench.step()
  }

  /// Records the cycle that ends, then one rising edge of one of several clocks.
  ///
  /// - Throws: What the bench throws.
  public func step(clock name: String) throws {
    record()
    try bench.step(clock: name)
  }

  /// All cycles from the first one seen to this one, with the values that this one has so far.
  public var waveform: Waveform {
    record()
    return recording
  }

  private func record() {
    recording.record(recording.signals.map { try? bench.peek(bits: $0.path) }, at: bench.cycle)
  }

  /// Runs a part of a test; its errors say the last 16 cycles of all that is recorded.
  ///
  /// - Throws: `ErrorWithWaves` for an error of `body`.
  public func withWaves<Result>(_ body: (RecordingBench) throws -> Result) throws -> Result {
    do {
      return try body(self)
    } catch let error as ErrorWithWaves {
      throw error
    } catch {
      throw ErrorWithWaves(error: error, description: describe(error))
    }
  }

  /// What the error says, and below it a picture of the last 16 cycles of all that is recorded.
  public func describe(_ error: any Error) -> String { "\(error)\n\n\(waves)" }

  /// A picture of the last 16 cycles of all that is recorded.
  public var waves: String {
    let waveform = waveform
    let last = waveform.cycles.suffix(16)
    return waveform.text(Array(waveform.signals.indices), last, .hexadecimal)
  }
}

/// An error of a test, with the waves before it.
public struct ErrorWithWaves: Error, CustomStringConvertible {
  /// The error as it was thrown.
  public let error: any Error
  /// What the error says, and the waves below it.
  public let description: String
}
