/// What is counted; docs/events.md defines each by one equation.
public enum Event: String, Sendable, CaseIterable {
  case macActive = "mac.active"
  case macGated = "mac.gated"
  case macSkipped = "mac.skipped"
  case thresholdCompare = "threshold.compare"
  case thresholdMasked = "threshold.masked"
  case requantize = "requantize"
  case actWord = "act.word"
  case resultWord = "result.word"
  case slotIdle = "slot.idle"
  case actBeat = "act.beat"
  case weightBeat = "weight.beat"
  case weightWord = "weight.word"
  case channelBeat = "channel.beat"
  case thresholdBeat = "threshold.beat"
  case resultBeat = "result.beat"
  case cycleTotal = "cycle.total"
  case cycleCompute = "cycle.compute"
  case cycleStallResult = "cycle.stall.result"
  case cycleStallThreshold = "cycle.stall.threshold"
  case cycleStallDrain = "cycle.stall.drain"
  case cycleStallOperand = "cycle.stall.operand"
  case cycleDrain = "cycle.drain"
  case cycleStallHold = "cycle.stall.hold"

  /// The `event_select` of the core's counter; nil for skipped steps, which never reach the core.
  public var counterSelect: Int? {
    switch self {
    case .macActive: 0
    case .macGated: 1
    case .macSkipped: nil
    case .thresholdCompare: 2
    case .thresholdMasked: 3
    case .requantize: 4
    case .actWord: 5
    case .resultWord: 6
    case .slotIdle: 7
    case .actBeat: 8
    case .weightBeat: 9
    case .weightWord: 10
    case .channelBeat: 11
    case .thresholdBeat: 12
    case .resultBeat: 13
    case .cycleTotal: 14
    case .cycleCompute: 15
    case .cycleStallResult: 16
    case .cycleStallThreshold: 17
    case .cycleStallDrain: 18
    case .cycleStallOperand: 19
    case .cycleDrain: 20
    case .cycleStallHold: 21
    }
  }

  /// The event is counted for each task; the others belong to the layer as a whole.
  public var isPerTask: Bool {
    switch self {
    case .macActive, .macGated, .macSkipped, .thresholdCompare, .thresholdMasked, .requantize,
      .actWord, .resultWord:
      true
    default: false
    }
  }

  /// The events counted for each task, in order.
  public static let perTask = allCases.filter(\.isPerTask)

  /// The events of a layer as a whole, in order.
  public static let perLayer = allCases.filter { !$0.isPerTask }
}
