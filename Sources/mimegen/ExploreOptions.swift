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
  @Option(
    help: ArgumentHelp(
      "A network by its shapes: a built-in one, a .json file or a SCALE-Sim .csv.",
      valueName: "name|file"))
  var network: String?
  @Option(help: ArgumentHelp("Or a model, safetensors.", valueName: "file"))
  var model: String?
  @Option(
    help: ArgumentHelp(
      "Images of the model, on which its zeros are measured.", valueName: "file"))
  var vectors: String?
  @Option(help: ArgumentHelp("Take the zeros of this profile.", valueName: "file.json"))
  var profile: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Assume that this fraction of all activations and results is zero, but none of the images.",
      valueName: "0..1"))
  var sparsity: Double?
  @Option(
    help: ArgumentHelp("Tasks to run, with commas between. (default: all)", valueName: "names"))
  var tasks: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Images of each task; 1 or more, or all of the vectors'.", valueName: "n"))
  var images = ImageCount.first(4)
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Images that go through the network together. (default: the number of tasks)", valueName: "n"),
    transform: wholeNumber)
  var batchSize: Int?

  func validate() throws {
    guard (network == nil) != (model == nil) else {
      throw ValidationError(
        "name the network: --network with a name or file, or --model with --vectors")
    }
    guard (model == nil) == (vectors == nil) else {
      throw ValidationError("--model and --vectors go together")
    }
    if let sparsity {
      guard 0...1 ~= sparsity else {
        throw ValidationError("--sparsity is \(sparsity) and must be 0 to 1")
      }
      guard profile == nil else {
        throw ValidationError("--sparsity and --profile both say what is zero; give one")
      }
    }
    guard model != nil || profile != nil || sparsity != nil else {
      throw ValidationError(
        "a network by its shapes needs its zeros: --profile with a file, or --sparsity")
    }
  }

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
    let images = plan.batches.reduce(0) { $0 + $1.batch.images.count }
    var setting = Explorer.Setting(
      network: shape, sparsity: try given(shape) ?? plan.measure(progress).sparsity,
      zeros: given ?? "measured on \(fileName(vectors!))", tasks: plan.tasks,
      imagesPerTask: images / plan.tasks.count, table: table)
    setting.base = plan.shape.sizes
    setting.batchSize = batchSize
    return setting
  }

  /// The request to run the model, with `parameters`; nil where there is none.
  func request(_ parameters: [String: Int]) -> AcceleratorRequest? {
    guard let model, let vectors else { return nil }
    var run = VerificationRequest(model: model, vectors: vectors)
    run.parameters = parameters
    run.tasks =
      tasks?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) ?? []
    run.images = images
    run.batchSize = batchSize
    var request = AcceleratorRequest(run)
    request.storesOutputs = false
    return request
  }

  private func shapesSetting(_ table: CostTable) throws -> Explorer.Setting {
    let shape = try NetworkShape.load(network!)
    guard case .first(let count) = images else {
      throw UsageError("--images all needs --vectors; give a number")
    }
    let names = tasks?.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let numbers = try names.map { names in
      try names.map { name in
        guard let number = shape.tasks.firstIndex(where: { $0.name == name }) else {
          throw UsageError(
            "there is no task '\(name)'; the network has "
              + shape.tasks.map(\.name).joined(separator: ", "))
        }
        return number
      }
    }
    var setting = Explorer.Setting(
      network: shape, sparsity: try given(shape)!, zeros: given!,
      tasks: numbers ?? Array(shape.tasks.indices), imagesPerTask: count, table: table)
    if let precision = shape.precision {
      setting.base.actWidth = precision.activation
      setting.base.weightWidth = precision.weight
      setting.base.accWidth = precision.accumulator
      setting.base.multWidth = precision.multiplier
    }
    setting.batchSize = batchSize
    return setting
  }

  /// The zeros that an option gives, in words.
  private var given: String? {
    profile.map { "profile \(fileName($0))" } ?? sparsity.map { "assumed \($0)" }
  }

  /// The zeros that an option gives; those of images are none where they are assumed.
  private func given(_ network: NetworkShape) throws -> [LayerSparsity]? {
    if let profile {
      return try SparsityProfile.load(profile).sparsity(of: network, on: AcceleratorShape())
    }
    return sparsity.map { sparsity in
      (0..<network.layerCount).map { layer in
        let own = LayerSparsity.Task(
          zeroFraction: layer == 0 ? 0 : sparsity, maskedFraction: sparsity)
        return LayerSparsity(tasks: network.tasks.map { _ in own })
      }
    }
  }

  private func fileName(_ path: String) -> String { URL(fileURLWithPath: path).lastPathComponent }
}
