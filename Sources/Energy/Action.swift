/// What a cost table has a price for: something that a part of the machine does.
public enum Action: String, Sendable, CaseIterable {
  case macMultiply = "mac.multiply"
  case macAdd = "mac.add"
  /// What a gated multiply-accumulate spends beside its operands' way.
  case macGated = "mac.gated"
  case registerWrite = "register.write"
  case registerRead = "register.read"
  /// An operand goes on to the next PE.
  case operandHop = "operand.hop"
  /// A PE's shadow takes its sum, or the one above.
  case drainShift = "drain.shift"
  case laneAdd = "lane.add"
  case laneCompare = "lane.compare"
  case laneMultiply = "lane.multiply"
  /// The rounding shift of a requantization.
  case laneShift = "lane.shift"
  case poolCompare = "pool.compare"
  case activationRead = "activation-buffer.read"
  case activationWrite = "activation-buffer.write"
  case weightRead = "weight-buffer.read"
  case weightWrite = "weight-buffer.write"
  case thresholdRead = "threshold-buffer.read"
  case thresholdWrite = "threshold-buffer.write"
  case channelRead = "channel-buffer.read"
  case channelWrite = "channel-buffer.write"
  case dramRead = "dram.read"
  case dramWrite = "dram.write"
  /// Clock of a PE, gated or not.
  case peClock = "clock.pe"
  /// Control and clock outside the array.
  case controlCycle = "control.cycle"
  case peLeakage = "leakage.pe"
  case bufferLeakage = "leakage.buffer"

  /// What a price is for.
  public enum Measure: String, Sendable {
    case operation
    case access
    case peCycle = "PE-cycle"
    case cycle
    case kilobyteCycle = "KB-cycle"
  }

  /// What this action's price is for; a cost table has to say the same.
  public var measure: Measure {
    switch self {
    case .macMultiply, .macAdd, .macGated, .laneAdd, .laneCompare, .laneMultiply, .laneShift,
      .poolCompare:
      .operation
    case .peClock, .peLeakage: .peCycle
    case .controlCycle: .cycle
    case .bufferLeakage: .kilobyteCycle
    default: .access
    }
  }

  /// Whether it multiplies, so that its price may grow with the product of two widths.
  public var isProduct: Bool { self == .macMultiply || self == .laneMultiply }

  /// Whether its price may depend on a memory's capacity.
  public var hasCapacity: Bool { component.isBuffer }

  /// The part of the machine that does it.
  public var component: Component {
    switch self {
    case .macMultiply, .macAdd, .macGated: .mac
    case .registerWrite, .registerRead: .registers
    case .operandHop: .operands
    case .drainShift: .drain
    case .laneAdd, .laneCompare, .laneMultiply, .laneShift: .lanes
    case .poolCompare: .pool
    case .activationRead, .activationWrite: .activationBuffer
    case .weightRead, .weightWrite: .weightBuffer
    case .thresholdRead, .thresholdWrite: .thresholdBuffer
    case .channelRead, .channelWrite: .channelBuffer
    case .dramRead, .dramWrite: .dram
    case .peClock: .clock
    case .controlCycle: .control
    case .peLeakage, .bufferLeakage: .leakage
    }
  }
}

/// A part of the machine that energy is spent in.
public enum Component: String, Sendable, CaseIterable {
  case mac
  case registers = "pe-registers"
  case operands = "inter-pe"
  case drain
  case lanes
  case pool
  case activationBuffer = "activation-buffer"
  case weightBuffer = "weight-buffer"
  case thresholdBuffer = "threshold-buffer"
  case channelBuffer = "channel-buffer"
  case dram
  case clock
  case control
  case leakage

  /// Whether it is a memory on the chip.
  public var isBuffer: Bool {
    [.activationBuffer, .weightBuffer, .thresholdBuffer, .channelBuffer].contains(self)
  }

  /// Whether its share goes on with the cycles, whatever is gated.
  public var isStatic: Bool { [.clock, .control, .leakage].contains(self) }
}
