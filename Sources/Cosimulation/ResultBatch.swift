/// Result beats in the order in which the core gave them.
///
/// Per beat and lane, `[beat][lane]`: `accumulators`, `masks`, `activations`, `nonzero`, `live`.
/// Per beat: `tasks` and `isLast`.
public struct ResultBatch: Sendable {
  public let count: Int
  public let lanes: Int
  /// y = sum + bias.
  public let accumulators: [Int64]
  /// Whether y >= t.
  public let masks: [Bool]
  /// Requantized activations, in the signedness asked for.
  public let activations: [Int32]
  /// The core's own bit that says an activation is not zero.
  public let nonzero: [Bool]
  /// Whether the lane's column is in use.
  public let live: [Bool]
  public let tasks: [Int]
  /// Whether it is the layer's last beat.
  public let isLast: [Bool]

  /// Decodes `count` beats.
  init(
    _ words: UnsafeBufferPointer<UInt32>, count: Int, of parameters: CoreParameters,
    hasSignedActivations: Bool
  ) {
    let layout = BeatLayout(.result, of: parameters)
    let lanes = parameters.lanes
    func values<Value: FixedWidthInteger>(
      port: Int, width: Int, perBeat: Int, isSigned: Bool, _: Value.Type
    ) -> [Value] {
      let packer = BitPacker(width: width)
      return [Value](unsafeUninitializedCapacity: count * perBeat) { values, initialized in
        for beat in 0..<count {
          packer.unpack(
            UnsafeBufferPointer(rebasing: words[(beat * layout.words + layout.offsets[port])...]),
            into: UnsafeMutableBufferPointer(
              rebasing: values[beat * perBeat..<(beat + 1) * perBeat]),
            isSigned: isSigned)
        }
        initialized = count * perBeat
      }
    }
    func bits(port: Int, perBeat: Int) -> [Bool] {
      [Bool](unsafeUninitializedCapacity: count * perBeat) { values, initialized in
        for beat in 0..<count {
          let first = beat * layout.words + layout.offsets[port]
          for i in 0..<perBeat {
            values[beat * perBeat + i] = words[first + i / 32] >> UInt32(i % 32) & 1 == 1
          }
        }
        initialized = count * perBeat
      }
    }
    self.count = count
    self.lanes = lanes
    accumulators = values(
      port: 0, width: parameters.accWidth, perBeat: lanes, isSigned: true, Int64.self)
    masks = bits(port: 1, perBeat: lanes)
    activations = values(
      port: 2, width: parameters.actWidth, perBeat: lanes, isSigned: hasSignedActivations,
      Int32.self)
    nonzero = bits(port: 3, perBeat: lanes)
    live = bits(port: 4, perBeat: lanes)
    tasks = values(port: 5, width: parameters.taskWidth, perBeat: 1, isSigned: false, Int.self)
    isLast = bits(port: 6, perBeat: 1)
  }
}
