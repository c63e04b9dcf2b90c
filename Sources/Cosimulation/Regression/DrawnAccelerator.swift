import HDL
import Machine
import Mapping
import Networks
import Programs
import Simulation

/// An accelerator and networks for it, drawn from a seed.
public struct DrawnAccelerator: Sendable {
  /// What decides all of it, with the array's size where that was given.
  public let seed: UInt64
  /// The accelerator's parameters.
  public let parameters: Configuration
  /// What runs on it.
  public let networks: [DrawnNetwork]

  /// Draws an accelerator with `count` networks, which decide its buffers.
  ///
  /// - Parameters:
  ///   - array: rows and columns; nil for any of 1 to 16.
  ///   - work: about how many element-cycles a run of a network may take.
  /// - Throws: `NetworkError`, `ProgramFailure` or `HDLError` where what is drawn is not valid, which
  ///   is a mistake here.
  public init(
    seed: UInt64, array: (rows: Int, columns: Int)? = nil, networks count: Int = 8,
    work: Int = 4_000_000
  ) throws {
    self.seed = seed
    var draw = Draw(seed: seed)
    let widths = Self.widths(&draw)
    var parameters: Configuration = [
      "ROWS": draw.number(1...16), "COLS": draw.number(1...16),
      "FEED_BANKS": draw.number(1...3), "AXI_DATA_WIDTH": 32 << draw.number(0...4),
      "ACT_WIDTH": widths.act, "WEIGHT_WIDTH": widths.weight, "ACC_WIDTH": 64,
      "ACT_SIGNED": draw.number(0...1),
      "MULT_WIDTH": draw.one(of: [0, 16, 16, 32, draw.number(1...32)]),
      "ROUNDING": draw.number(0...4), "TASK_WIDTH": draw.number(1...4),
      "COUNT_WIDTH": 20, "AXI_ADDR_WIDTH": draw.one(of: [32, 40, 64]),
      "READ_BURSTS": draw.number(1...8), "ACT_BUFFER_KB": 16384,
    ]
    if let array {
      parameters["ROWS"] = array.rows
      parameters["COLS"] = array.columns
    }
    var buffers = Draw(seed: draw.seed())
    let roomy = try AcceleratorShape(parameters)
    networks = try (0..<count).map { _ in
      try DrawnNetwork(seed: draw.seed(), on: roomy, work: work)
    }
    let needs = try networks.map { try Needs($0, on: roomy) }
    let accumulator = needs.map(\.accumulator).max()!
    parameters["ACC_WIDTH"] = max(widths.accumulator, accumulator)
    parameters["LANE_EXTRA"] = buffers.once(in: 3) ? buffers.number(1...3) : 0
    parameters["COUNT_WIDTH"] = max(4, needs.map(\.count).max()! + buffers.number(0...2))
    try Self.addBuffers(&buffers, to: &parameters, needs)
    self.parameters = parameters
  }

  /// Widths of activations, weights and, at least, of accumulators.
  private static func widths(_ draw: inout Draw) -> (act: Int, weight: Int, accumulator: Int) {
    switch draw.number(0...3) {
    case 0, 1: return (8, 8, 32)
    case 2: return (16, 16, 48)
    default:
      let (act, weight) = (draw.number(2...12), draw.number(2...12))
      return (act, weight, act + weight + 1 + draw.number(0...4))
    }
  }

  /// Buffers of the smallest size that serves, or little more; those of weights and thresholds often
  /// too small for a block.
  private static func addBuffers(
    _ draw: inout Draw, to parameters: inout Configuration, _ needs: [Needs]
  ) throws {
    let shape = try AcceleratorShape(parameters)
    func kilobytes(_ bits: Int) -> Int { max(1, (bits + 8191) / 8192) }
    func size(_ bits: Int) -> Int {
      let enough = kilobytes(bits)
      return draw.one(of: [1, max(1, enough - 1), enough, enough, enough + 1])
    }
    func bits(_ line: LineForm, words: Int) -> Int {
      line.lines(words) * line.width << line.wordsLog2
    }
    let places = needs.map(\.places).max()!
    parameters["ACT_BUFFER_KB"] =
      kilobytes(places * shape.banks * shape.columns * shape.actWidth) + draw.number(0...1)
    let weights = draw.one(of: needs.flatMap(\.weightWords))
    parameters["WEIGHT_BUFFER_KB"] = size(bits(shape.weightLine, words: weights))
    let thresholds = draw.one(of: needs.flatMap(\.thresholdWords))
    parameters["THRESHOLD_BUFFER_KB"] = size(bits(shape.thresholdLine, words: thresholds))
  }
}

/// What a network needs of an accelerator.
private struct Needs {
  let accumulator, count, places: Int
  /// Words of a column block, of each layer.
  let weightWords, thresholdWords: [Int]

  init(_ network: DrawnNetwork, on shape: AcceleratorShape) throws {
    let image = try NetworkImage(network.model, on: shape)
    let plans = image.plans.flatMap { $0 }
    accumulator = network.model.accumulatorWidth
    count = Int.bitWidth - plans.map(\.steps).max()!.leadingZeroBitCount
    places =
      plans.map { max($0.input.imagePlaces, $0.output?.imagePlaces ?? 0) }.max()!
      * network.batch.images.count
    weightWords = plans.map(\.steps)
    thresholdWords = plans.map { $0.layer.positions }
  }
}

/// Numbers drawn from a seed.
struct Draw {
  private var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  mutating func seed() -> UInt64 { generator.next() }
  mutating func number(_ range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &generator)
  }
  mutating func one<Value>(of values: [Value]) -> Value { values.randomElement(using: &generator)! }
  /// True once in `count` times.
  mutating func once(in count: Int) -> Bool { number(1...count) == 1 }
  mutating func probability(_ range: ClosedRange<Double>) -> Double {
    Double.random(in: range, using: &generator)
  }
}
