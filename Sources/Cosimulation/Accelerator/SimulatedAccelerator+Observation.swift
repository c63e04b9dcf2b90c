import Verilated

/// What a run can be asked besides what it left in memory.
extension SimulatedAccelerator {
  /// What passed at the memory port since reset, or since `clearCounts`.
  public var counts: PortCounts {
    var counts = PortCounts()
    for id in 0..<256 {
      var (bursts, beats): (UInt64, UInt64) = (0, 0)
      library.readCounts(accelerator, UInt32(id), &bursts, &beats)
      if bursts > 0 || beats > 0 { counts.reads[id] = .init(bursts: bursts, beats: beats) }
    }
    library.writeCounts(
      accelerator, &counts.writes.bursts, &counts.writes.beats, &counts.bytesWritten)
    return counts
  }

  /// Zeroes the counts and the traffic.
  public func clearCounts() { library.clearCounts(accelerator) }

  /// Counts the traffic of these ranges of addresses from now on, at most 64, and of no others.
  public func watch(_ ranges: [Range<UInt64>]) {
    precondition(ranges.count <= 64, "at most 64 ranges are counted")
    library.clearRanges(accelerator)
    for range in ranges {
      _ = library.addRange(accelerator, range.lowerBound, UInt64(range.count))
    }
    watchedCount = ranges.count
  }

  /// The bytes that passed in each range, in the order of `watch`.
  public var traffic: [Traffic] {
    (0..<watchedCount).map { number in
      var traffic = Traffic()
      library.traffic(accelerator, UInt32(number), &traffic.read, &traffic.written)
      return traffic
    }
  }

  /// Starts or stops recording the handshakes of each cycle.
  public func recordPorts(_ isOn: Bool) { library.recordPorts(accelerator, isOn ? 1 : 0) }

  /// The handshakes recorded since the last call, one value per cycle: bit 2c is the valid of channel
  /// c of the memory port, bit 2c + 1 its ready, with c the raw value of `BusChannel`; bits 15...10 are
  /// the low bits of the read data's identifier.
  public func takePortTrace() -> [UInt16] {
    var count: UInt64 = 0
    let trace = library.portTrace(accelerator, &count)
    defer { library.clearPortTrace(accelerator) }
    return Array(UnsafeBufferPointer(start: trace, count: Int(count)))
  }

  /// Writes the waves of `cycles`, counted from reset, to a VCD file.
  ///
  /// - Throws: `EnvironmentError` when the file cannot be written or the library was built without
  ///   waves; `SimulationError`.
  public func dumpWaves(to path: String, cycles: Range<UInt64>) throws {
    let status = library.dumpWaves(accelerator, path, cycles.lowerBound, cycles.upperBound)
    try check(status)
    guard status >= 0 else {
      throw EnvironmentError(
        "no waves can be written to \(path): the file cannot be created, or the accelerator was "
          + "built without waves.")
    }
  }
}
