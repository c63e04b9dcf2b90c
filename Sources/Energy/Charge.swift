import Machine
import Programs

/// A count that energy is charged for.
public enum Quantity: Sendable, Hashable, CustomStringConvertible {
  /// A counter of the accelerator, in layers.
  case event(String)
  /// Beats of images that a load writes to the activation buffer.
  case loadedBeats
  /// Beats of outputs that a store reads from the activation buffer.
  case storedBeats
  /// Words of results that the pool compares with another.
  case pooledWords
  /// Cycles of layers in which the array advances.
  case advancingCycles
  /// Cycles in which something waits for memory, or only memory works; the exact model has none.
  case waitingCycles

  public var description: String {
    switch self {
    case .event(let name): name
    case .loadedBeats: "load.beat"
    case .storedBeats: "store.beat"
    case .pooledWords: "pool.word"
    case .advancingCycles: "cycle.advancing"
    case .waitingCycles: "cycle.waiting"
    }
  }

  /// How much of it the counts of a layer have, or of loads, stores and the program's end.
  func count(_ counts: Counts, isLayer: Bool) -> Int {
    switch self {
    case .event(let name): counts(name)
    case .loadedBeats: isLayer ? 0 : counts("dram.activation")
    case .storedBeats: isLayer ? 0 : counts("dram.write")
    case .pooledWords:
      counts.total("threshold.compare") == 0
        ? 0 : counts("result.beat") - counts.total("act.write") + counts("act.merge")
    case .advancingCycles: counts.advancingCycles
    case .waitingCycles: max(0, counts("cycle.operation") - counts.advancingCycles)
    }
  }
}

/// What is charged for each unit of a quantity on one machine; docs/energy.md gives the reasons.
public struct Charge: Sendable {
  /// What is counted.
  public let quantity: Quantity
  /// What the machine does.
  public let action: Action
  /// How often for each unit of the quantity.
  public let times: Rational
  /// Bits of the word, or of the two operands of a product.
  public let bits: [Int]
  /// Capacity of the memory, where it is one.
  public let kilobytes: Double?

  private init(
    _ quantity: Quantity, _ action: Action, bits: [Int] = [], times: Rational = Rational(1),
    kilobytes: Double? = nil
  ) {
    self.quantity = quantity
    self.action = action
    self.bits = bits
    self.times = times
    self.kilobytes = kilobytes
  }

  /// Every charge on `shape`, in the order of a report's lines.
  ///
  /// - Parameter gates: gated multiply-accumulates spend what `mac.gated` costs; else what active ones do.
  static func all(on shape: AcceleratorShape, gates: Bool) -> [Charge] {
    compute(shape, gates) + lanes(shape) + buffers(shape) + dram(shape) + cycles(shape)
  }

  private static func compute(_ shape: AcceleratorShape, _ gates: Bool) -> [Charge] {
    func multiplyAccumulate(_ event: String) -> [Charge] {
      [
        Charge(.event(event), .macMultiply, bits: [shape.actWidth, shape.weightWidth]),
        Charge(.event(event), .macAdd, bits: [shape.accWidth]),
        Charge(
          .event(event), .registerWrite,
          bits: [shape.actWidth + shape.weightWidth + shape.accWidth]),
        Charge(.event(event), .registerRead, bits: [shape.accWidth]),
      ]
    }
    return multiplyAccumulate("mac.active")
      + (gates ? [Charge(.event("mac.gated"), .macGated)] : multiplyAccumulate("mac.gated")) + [
        Charge(
          .event("act.word"), .operandHop, bits: [shape.actWidth], times: Rational(shape.columns)),
        Charge(
          .event("weight.word"), .operandHop, bits: [shape.weightWidth],
          times: Rational(shape.rows)),
        Charge(
          .event("threshold.beat"), .drainShift, bits: [shape.accWidth],
          times: Rational(Int128(shape.columns * (shape.rows + 1)), over: 2)),
      ]
  }

  private static func lanes(_ shape: AcceleratorShape) -> [Charge] {
    var charges = [
      Charge(.event("result.word"), .laneAdd, bits: [shape.accWidth]),
      Charge(.event("threshold.compare"), .laneCompare, bits: [shape.accWidth]),
    ]
    if shape.multWidth > 0 {
      charges.append(
        Charge(.event("requantize"), .laneMultiply, bits: [shape.accWidth, shape.multWidth]))
    }
    return charges + [
      Charge(.event("requantize"), .laneShift, bits: [shape.accWidth + shape.multWidth]),
      Charge(
        .pooledWords, .poolCompare, bits: [shape.actWidth], times: Rational(shape.columns)),
    ]
  }

  private static func buffers(_ shape: AcceleratorShape) -> [Charge] {
    // Each activation has a bit beside it that says whether it is zero.
    let word = [shape.columns * (shape.actWidth + 1)]
    let beat = [shape.busWidth]
    let channel = shape.channelLine.width
    func buffer(_ quantity: Quantity, _ action: Action, _ bits: [Int]) -> Charge {
      Charge(
        quantity, action, bits: bits, kilobytes: shape.kilobytes(of: action.component))
    }
    return [
      buffer(.event("act.read"), .activationRead, [shape.banks * word[0]]),
      buffer(.event("act.merge"), .activationRead, word),
      buffer(.storedBeats, .activationRead, beat),
      buffer(.event("act.write"), .activationWrite, word),
      buffer(.loadedBeats, .activationWrite, beat),
      buffer(.event("weight.beat"), .weightRead, [shape.columns * shape.weightWidth]),
      buffer(.event("dram.weight"), .weightWrite, beat),
      buffer(.event("threshold.read"), .thresholdRead, [shape.columns * shape.accWidth]),
      buffer(.event("dram.threshold"), .thresholdWrite, beat),
      buffer(.event("channel.beat"), .channelRead, [channel]),
      buffer(.event("dram.channel"), .channelWrite, beat),
    ]
  }

  private static func dram(_ shape: AcceleratorShape) -> [Charge] {
    ["weight", "threshold", "channel", "activation", "program", "write"].map {
      Charge(.event("dram.\($0)"), $0 == "write" ? .dramWrite : .dramRead, bits: [shape.busWidth])
    }
  }

  private static func cycles(_ shape: AcceleratorShape) -> [Charge] {
    let places = Rational(shape.rows * shape.columns)
    let buffers = Rational(
      2 * shape.parameters["ACT_BUFFER_KB"]! + shape.parameters["WEIGHT_BUFFER_KB"]!
        + shape.parameters["THRESHOLD_BUFFER_KB"]!)
    return [Quantity.advancingCycles, .waitingCycles].flatMap { cycles in
      [
        Charge(cycles, .peClock, times: places), Charge(cycles, .controlCycle),
        Charge(cycles, .peLeakage, times: places),
        Charge(cycles, .bufferLeakage, times: buffers),
      ]
    }
  }
}

extension AcceleratorShape {
  /// Capacity of a memory on the chip, one of two for activations.
  fileprivate func kilobytes(of component: Component) -> Double? {
    switch component {
    case .activationBuffer: Double(parameters["ACT_BUFFER_KB"]!)
    case .weightBuffer: Double(parameters["WEIGHT_BUFFER_KB"]!)
    case .thresholdBuffer: Double(parameters["THRESHOLD_BUFFER_KB"]!)
    case .channelBuffer: Double(2 * channelLine.width) / 8192
    default: nil
    }
  }
}
