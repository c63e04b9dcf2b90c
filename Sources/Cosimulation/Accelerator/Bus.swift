/// How fast the memory behind an accelerator is.
public struct MemoryTiming: Sendable, Equatable {
  /// As many bytes in as many cycles, of reads and writes together.
  public struct Bandwidth: Sendable, Equatable {
    public let bytes: Int
    public let cycles: Int
    public init(bytes: Int, cycles: Int = 1) {
      precondition(bytes > 0 && cycles > 0, "a memory without bandwidth never answers")
      self.bytes = bytes
      self.cycles = cycles
    }
  }

  /// Cycles from a request to its first beat, at least 1.
  public var readLatency: Int
  /// Cycles from the last beat of a write to its response, at least 1.
  public var writeLatency: Int
  /// nil for as much as the bus can carry: a beat each way in each cycle.
  public var bandwidth: Bandwidth?

  public init(readLatency: Int = 1, writeLatency: Int = 1, bandwidth: Bandwidth? = nil) {
    self.readLatency = readLatency
    self.writeLatency = writeLatency
    self.bandwidth = bandwidth
  }
}

/// Random stalls: each channel of both buses holds back with a probability, drawn anew each cycle.
public typealias BusStalls = SimulatedCore.Stalls

/// How an access was answered; the raw values are the bus's.
public enum BusResponse: UInt32, Sendable {
  case okay, exclusiveOkay, slaveError, decodeError

  init(_ bits: UInt32) { self = Self(rawValue: bits & 3) ?? .okay }
}

/// A register that did not take or give its value.
public struct RegisterError: Error, Equatable, CustomStringConvertible {
  public let isWrite: Bool
  public let address: UInt32
  public let response: BusResponse

  public var description: String {
    "a \(isWrite ? "write to" : "read of") register 0x\(String(address, radix: 16)) was answered "
      + "with response \(response.rawValue) (\(response))"
  }
}

/// The channels of the memory port; the raw values number them in the harness's C interface.
public enum BusChannel: Int, Sendable, CaseIterable {
  case readAddress, readData, writeAddress, writeData, writeResponse
}

/// What passed at the memory port.
public struct PortCounts: Sendable, Equatable {
  public struct Count: Sendable, Equatable {
    /// Bursts that were asked for.
    public var bursts: UInt64 = 0
    /// Beats that passed.
    public var beats: UInt64 = 0
    public init(bursts: UInt64 = 0, beats: UInt64 = 0) {
      self.bursts = bursts
      self.beats = beats
    }
  }

  /// By identifier, those that were used.
  public var reads: [Int: Count] = [:]
  public var writes = Count()
  /// Bytes whose strobes were set.
  public var bytesWritten: UInt64 = 0
  public init() {}
}

/// Bytes that passed in a range of addresses.
public struct Traffic: Sendable, Equatable {
  public var read: UInt64 = 0
  /// With their strobes set.
  public var written: UInt64 = 0
  public init(read: UInt64 = 0, written: UInt64 = 0) {
    self.read = read
    self.written = written
  }
}
