/// A port of `mime_core` at concrete parameter values.
struct CorePort: Equatable, Sendable {
  enum Direction: String, Sendable { case input, output }
  let name: String
  let direction: Direction
  let width: Int
}

/// The streams of `mime_core`; the raw values number them in the harness's C interface.
public enum CoreStream: Int, Sendable, CaseIterable {
  case activation, weight, channel, threshold, result

  /// The streams that the testbench feeds.
  public static let inputs: [CoreStream] = [.activation, .weight, .channel, .threshold]

  /// What the names of its ports begin with.
  var prefix: String { self == .activation ? "act" : "\(self)" }
}

extension CoreParameters {
  /// The payload ports of a stream and their widths, in the order of docs/core.md.
  func payload(of stream: CoreStream) -> [(name: String, width: Int)] {
    switch stream {
    case .activation:
      [
        ("act_data", rows * actWidth), ("act_nonzero", rows), ("act_live", rows), ("act_first", 1),
        ("act_last", 1), ("act_final", 1),
      ]
    case .weight:
      [("weight_data", columns * weightWidth), ("weight_live", columns)]
    case .channel:
      [
        ("channel_bias", lanes * accWidth), ("channel_mult", lanes * max(multWidth, 1)),
        ("channel_shift", lanes * 6), ("channel_live", lanes),
      ]
    case .threshold:
      [
        ("threshold_data", lanes * accWidth), ("threshold_task", taskWidth),
        ("threshold_live", 1),
      ]
    case .result:
      [
        ("result_acc", lanes * accWidth), ("result_mask", lanes), ("result_act", lanes * actWidth),
        ("result_nonzero", lanes), ("result_live", lanes), ("result_task", taskWidth),
        ("result_last", 1),
      ]
    }
  }

  /// Every port of the core.
  var ports: [CorePort] {
    var ports: [CorePort] = []
    func add(_ direction: CorePort.Direction, _ list: [(String, Int)]) {
      ports += list.map { CorePort(name: $0.0, direction: direction, width: $0.1) }
    }
    add(.input, [("clk", 1), ("rst", 1)])
    add(.output, [("config_hash", 32)])
    add(.input, [("layer_signed", 1), ("layer_raw", 1)])
    add(.input, [("layer_clamp_low", actWidth + 1), ("layer_clamp_high", actWidth + 1)])
    for stream in CoreStream.allCases {
      let isInput = stream != .result
      add(isInput ? .input : .output, [("\(stream.prefix)_valid", 1)])
      add(isInput ? .output : .input, [("\(stream.prefix)_ready", 1)])
      add(isInput ? .input : .output, payload(of: stream).map { ($0.name, $0.width) })
    }
    add(.input, [("hold", 1)])
    add(.output, [("advances", 1)])
    add(.input, [("event_clear", 1), ("event_select", 5), ("event_task", taskWidth)])
    add(.output, [("event_count", 48)])
    return ports
  }
}

/// Where the payload ports of a stream stand in a beat of 32-bit words.
struct BeatLayout: Sendable, Equatable {
  /// The first word of each payload port, in their order.
  let offsets: [Int]
  /// Words of a beat.
  let words: Int

  init(_ stream: CoreStream, of parameters: CoreParameters) {
    var offsets: [Int] = []
    var words = 0
    for port in parameters.payload(of: stream) {
      offsets.append(words)
      words += BitPacker.words(bits: port.width)
    }
    self.offsets = offsets
    self.words = words
  }
}
