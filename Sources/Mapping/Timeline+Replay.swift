/// Where a recorded port trace is not that of the documented core.
public enum TimelineError: Error, Equatable, CustomStringConvertible {
  /// An output of the core differs from the model in a cycle of the trace.
  case differs(cycle: Int, port: String, recorded: Bool, expected: Bool)
  /// A step was accepted after the layer's last one.
  case operandAfterFinalStep(cycle: Int)
  /// The trace ends before the layer does.
  case unfinished(cycles: Int, tile: Int, tiles: Int)

  public var description: String {
    switch self {
    case .differs(let cycle, let port, let recorded, let expected):
      "in cycle \(cycle) of the trace \(port) is \(recorded ? 1 : 0), "
        + "and must be \(expected ? 1 : 0)"
    case .operandAfterFinalStep(let cycle):
      "in cycle \(cycle) of the trace a step is accepted after the layer's last one"
    case .unfinished(let cycles, let tile, let tiles):
      "the trace ends after \(cycles) cycles, before the layer's last result; "
        + "the steps of \(tile) of \(tiles) tiles had been accepted"
    }
  }
}

extension Timeline {
  /// Runs the layer with the driver's bits of a recorded trace, one `PortSample` per cycle, and
  /// compares the core's outputs with the recorded ones.
  ///
  /// The trace may start any time after the layer before has finished; what follows the layer's
  /// last accepted result is not looked at.
  ///
  /// - Returns: the cycles and their causes, stalls included.
  /// - Throws: `TimelineError` at the first cycle, and in it the first port, that differs, or if
  ///   the trace ends too early.
  public mutating func replay(_ trace: [UInt16]) throws -> CycleCauses {
    for word in trace {
      if isFinished { break }
      let sample = PortSample(rawValue: word)
      let now = cycle
      let outputs = try step(sample).outputs
      guard sample.intersection(.outputs) == outputs else {
        throw difference(of: sample, from: outputs, cycle: now)
      }
    }
    guard isFinished else {
      throw TimelineError.unfinished(cycles: cycle, tile: issuingTile, tiles: tileCount)
    }
    return causes
  }

  private func difference(
    of sample: PortSample, from outputs: PortSample, cycle: Int
  ) -> TimelineError {
    let wrong = sample.symmetricDifference(outputs).intersection(.outputs)
    let (port, name) = PortSample.outputNames.first { wrong.contains($0.0) }!
    return .differs(
      cycle: cycle, port: name, recorded: sample.contains(port), expected: outputs.contains(port))
  }
}
