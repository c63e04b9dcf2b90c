import Verilated

/// A `mime_core` that runs in this process, clocked by the harness.
///
/// Push the beats of a layer tile by tile; `run` clocks the core until it needs more of them, and
/// `takeResults` gives what came out. Not for use from two threads at once.
public final class SimulatedCore {
  /// Random stalls: each stream holds back with `probability`, 0..<1, drawn anew each cycle.
  public struct Stalls: Sendable, Equatable {
    public let probability: Double
    public let seed: UInt64
    public init(probability: Double, seed: UInt64) {
      precondition(0..<1 ~= probability, "a stream that always stalls never ends")
      self.probability = probability
      self.seed = seed
    }
  }

  /// Why `run` came back.
  public enum Pause: Sendable {
    /// The beat with `result_last` was taken.
    case lastResult
    /// A stream that is still open has no beat left; no cycle has passed without it.
    case needsInput
  }

  public let parameters: CoreParameters
  let library: CoreLibrary
  let core: CoreLibrary.Core
  /// What the harness still reads, per input stream, oldest first.
  private var blocks: [[BeatBlock]] = CoreStream.inputs.map { _ in [] }
  private var dropped: [UInt64] = CoreStream.inputs.map { _ in 0 }

  /// A core after reset.
  ///
  /// - Parameter xSeed: fills the registers before reset; no result may depend on it.
  /// - Throws: `RTLError` when the library was built with other widths; `SimulationError`.
  public init(
    _ library: CoreLibrary, _ parameters: CoreParameters, xSeed: UInt32 = 1, stalls: Stalls? = nil
  ) throws {
    self.library = library
    self.parameters = parameters
    core = library.create(xSeed)
    try check(0)
    var words = [UInt32](repeating: 0, count: CoreStream.allCases.count)
    library.beatWords(core, &words)
    for stream in CoreStream.allCases {
      let layout = BeatLayout(stream, of: parameters)
      guard Int(words[stream.rawValue]) == layout.words else {
        throw RTLError(
          "the built core has \(words[stream.rawValue]) words to a beat of stream \(stream); with "
            + "these parameters it must have \(layout.words).")
      }
    }
    setStalls(stalls)
  }

  /// Sets how streams hold back from now on; nil for never.
  public func setStalls(_ stalls: Stalls?) {
    library.setStalls(core, stalls?.probability ?? 0, stalls?.seed ?? 0)
  }

  deinit { library.destroy(core) }

  /// The hash that the Verilog holds.
  public var configurationHash: UInt32 { library.configHash(core) }

  /// Cycles since reset.
  public var cycle: UInt64 { library.cycle(core) }

  /// Sets the inputs that are constant over a layer, before its first beat.
  ///
  /// - Parameters:
  ///   - isSigned: whether the layer's input activations are signed.
  ///   - isRaw: whether it is a head, whose accumulators leave as they are.
  public func setLayer(isSigned: Bool, isRaw: Bool, clamp: ClosedRange<Int>) {
    let mask: UInt64 = 1 << UInt64(parameters.actWidth + 1) - 1
    library.setLayer(
      core, isSigned ? 1 : 0, isRaw ? 1 : 0,
      UInt64(bitPattern: Int64(clamp.lowerBound)) & mask,
      UInt64(bitPattern: Int64(clamp.upperBound)) & mask)
  }

  /// Queues the beats of `block` on its stream.
  public func push(_ block: BeatBlock) {
    blocks[block.stream.rawValue].append(block)
    library.push(
      core, UInt32(block.stream.rawValue), block.words.baseAddress, UInt64(block.count))
  }

  /// Clocks the core up to its last result, or until a stream of `open` runs out of beats.
  ///
  /// - Parameters:
  ///   - open: the streams that will get more beats for this layer; the others are complete.
  ///   - limit: the cycle since reset by which this has to end.
  /// - Throws: `SimulationError`, `.cycleLimit` among them.
  public func run(open: Set<CoreStream>, limit: UInt64) throws -> Pause {
    let streams = open.reduce(UInt32(0)) { $0 | 1 << UInt32($1.rawValue) }
    let status = library.run(core, limit > cycle ? limit - cycle : 0, streams, 1)
    dropReleased()
    try check(status)
    switch status {
    case 1: return .lastResult
    case 2: return .needsInput
    default: throw SimulationError.cycleLimit(limit)
    }
  }

  /// Clocks the core for `cycles`, with beats offered as far as there are any.
  public func run(cycles: UInt64) throws {
    let status = library.run(core, cycles, 0, 0)
    dropReleased()
    try check(status)
  }

  /// The results since the last call.
  public func takeResults(hasSignedActivations: Bool) -> ResultBatch {
    var count: UInt64 = 0
    let words = library.results(core, &count)
    defer { library.clearResults(core) }
    return ResultBatch(
      UnsafeBufferPointer(
        start: words, count: Int(count) * BeatLayout(.result, of: parameters).words),
      count: Int(count), of: parameters, hasSignedActivations: hasSignedActivations)
  }

  /// Turns a failure of the harness into an error.
  func check(_ status: Int32) throws {
    var kind: Int32 = 0
    let message = String(cString: library.failure(core, &kind))
    guard let cause = SimulationError.Cause(rawValue: kind) else { return }
    throw SimulationError.ended(by: cause, message: message, cycle: cycle)
  }

  private func dropReleased() {
    for stream in CoreStream.inputs.map(\.rawValue) {
      let released = library.released(core, UInt32(stream))
      blocks[stream].removeFirst(Int(released - dropped[stream]))
      dropped[stream] = released
    }
  }
}
