import ArgumentParser
import Cosimulation
import Energy
import Exploration
import Foundation
import Mapping
import Networks
import Programs

/// What `mimegen explore` varies.
struct SpaceOptions: ParsableArguments {
  @Option(help: valuesHelp("ROWS: rows of the array", "16"), transform: NumberList.init)
  var rows = NumberList(16)
  @Option(help: valuesHelp("COLS: columns of the array", "16"), transform: NumberList.init)
  var cols = NumberList(16)
  @Option(
    help: ArgumentHelp(
      "Keep only arrays of so many PEs, rows times columns: 256 or 128..256.", valueName: "n|range"),
    transform: elementRange)
  var pes: ClosedRange<Int>?
  @Option(
    help: valuesHelp("FEED_BANKS: words of cols channels read at once for a row", "2"),
    transform: NumberList.init)
  var feedBanks = NumberList(2)
  @Option(
    help: valuesHelp("AXI_DATA_WIDTH: bits of a beat of the memory's bus", "128"),
    transform: NumberList.init)
  var axiDataWidth = NumberList(128)
  @Option(
    help: valuesHelp("ACT_BUFFER_KB: KB of each of the two activation buffers", "128"),
    transform: NumberList.init)
  var actBufferKB = NumberList(128)
  @Option(help: valuesHelp("WEIGHT_BUFFER_KB: KB of weights", "128"), transform: NumberList.init)
  var weightBufferKB = NumberList(128)
  @Option(
    help: valuesHelp("THRESHOLD_BUFFER_KB: KB of thresholds", "16"), transform: NumberList.init)
  var thresholdBufferKB = NumberList(16)
  @Option(help: "Leave out steps in which all rows of a tile are zero.")
  var skip = Either.off
  @Option(help: "Order of the images.")
  var mode = Modes.pipelined

  enum Either: String, ExpressibleByArgument, CaseIterable { case on, off, both }
  enum Modes: String, ExpressibleByArgument, CaseIterable { case singular, pipelined, both }

  /// The designs.
  func space() throws -> DesignSpace {
    var axes = DesignSpace.Axes()
    axes.rows = rows
    axes.columns = cols
    axes.elements = pes
    axes.banks = feedBanks
    axes.busWidths = axiDataWidth
    axes.actBuffersKB = actBufferKB
    axes.weightBuffersKB = weightBufferKB
    axes.thresholdBuffersKB = thresholdBufferKB
    axes.skips = skip == .both ? [false, true] : [skip == .on]
    axes.modes = mode == .both ? TaskMode.allCases : [TaskMode(rawValue: mode.rawValue)!]
    return try DesignSpace(axes)
  }
}

private func valuesHelp(_ meaning: String, _ value: String) -> ArgumentHelp {
  ArgumentHelp("\(meaning). (default: \(value))", valueName: "values")
}

@Sendable private func elementRange(_ text: String) throws -> ClosedRange<Int> {
  let ends = text.components(separatedBy: "..").map { Int($0) }
  guard 1...2 ~= ends.count, let first = ends[0], let last = ends.last!, first > 0, first <= last
  else {
    throw UsageError("'\(text)' is neither a number of PEs above 0 nor a range, as 128..256")
  }
  return first...last
}

/// The network that `mimegen explore` takes through the designs, and its zeros.
struct ExploredNetwork: ParsableArguments {
  @OptionGroup var source: NetworkOptions
  @OptionGroup var images: BatchOptions

  /// What all designs have in common; reads files, and measures zeros where no option gives them.
  func setting(
    _ table: CostTable, _ progress: (String) -> Void
  ) throws -> Explorer.Setting {
    guard let request = request([:]) else { return try shapesSetting(table) }
    var run = request
    // Large enough for any batch; neither zeros nor widths depend on it.
    run.run.parameters = ["ACT_BUFFER_KB": 16384]
    let plan = try AcceleratorPlan(run, countsOnly: true)
    let shape = plan.networkShape
    let count = plan.batches.reduce(0) { $0 + $1.batch.images.count }
    var setting = Explorer.Setting(
      network: shape,
      sparsity: try source.zeros?.sparsity(of: shape, on: AcceleratorShape())
        ?? plan.measure(progress).sparsity,
      zeros: source.zeros?.description
        ?? "measured on \(URL(fileURLWithPath: source.vectors!).lastPathComponent)",
      tasks: plan.tasks, imagesPerTask: count / plan.tasks.count, table: table)
    setting.base = plan.shape.sizes
    setting.batchSize = images.batchSize
    return setting
  }

  /// The request to run the model, with `parameters`; nil where there is none.
  func request(_ parameters: [String: Int]) -> AcceleratorRequest? {
    guard let model = source.model, let vectors = source.vectors else { return nil }
    var run = VerificationRequest(model: model, vectors: vectors)
    run.parameters = parameters
    run.tasks = images.names
    run.images = images.images
    run.batchSize = images.batchSize
    var request = AcceleratorRequest(run)
    request.storesOutputs = false
    return request
  }

  private func shapesSetting(_ table: CostTable) throws -> Explorer.Setting {
    let shape = try NetworkShape.load(source.network!)
    let zeros = source.zeros!
    var setting = Explorer.Setting(
      network: shape, sparsity: try zeros.sparsity(of: shape, on: AcceleratorShape()),
      zeros: zeros.description, tasks: try images.numbers(in: shape),
      imagesPerTask: try images.count(), table: table)
    if let precision = shape.precision {
      setting.base.actWidth = precision.activation
      setting.base.weightWidth = precision.weight
      setting.base.accWidth = precision.accumulator
      setting.base.multWidth = precision.multiplier
    }
    setting.batchSize = images.batchSize
    return setting
  }
}
