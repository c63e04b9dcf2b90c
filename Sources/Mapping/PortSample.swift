/// The handshakes of the core's five streams in one cycle: the form of a recorded port trace.
public struct PortSample: OptionSet, Sendable, Hashable {
  public let rawValue: UInt16

  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  public static let actValid = PortSample(rawValue: 1 << 0)
  public static let actReady = PortSample(rawValue: 1 << 1)
  public static let weightValid = PortSample(rawValue: 1 << 2)
  public static let weightReady = PortSample(rawValue: 1 << 3)
  public static let channelValid = PortSample(rawValue: 1 << 4)
  public static let channelReady = PortSample(rawValue: 1 << 5)
  public static let thresholdValid = PortSample(rawValue: 1 << 6)
  public static let thresholdReady = PortSample(rawValue: 1 << 7)
  public static let resultValid = PortSample(rawValue: 1 << 8)
  public static let resultReady = PortSample(rawValue: 1 << 9)

  /// The core's outputs; the others are set by whoever drives it.
  public static let outputs: PortSample = [
    .actReady, .weightReady, .channelReady, .thresholdReady, .resultValid,
  ]

  /// The names of the core's outputs, in the order of their bits.
  static let outputNames: [(PortSample, String)] = [
    (.actReady, "act_ready"), (.weightReady, "weight_ready"), (.channelReady, "channel_ready"),
    (.thresholdReady, "threshold_ready"), (.resultValid, "result_valid"),
  ]
}
