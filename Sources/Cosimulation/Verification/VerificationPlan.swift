import Foundation
import Golden
import HDL
import Machine
import Mapping
import Networks
import Verilated

/// What a verification is asked to do.
public struct VerificationRequest: Sendable {
  /// Model and vectors, safetensors files.
  public var model: String
  public var vectors: String
  /// Folder of the Verilog; nil for what the generator writes.
  public var rtl: String?
  /// Core parameters by Verilog name that take precedence over the model's.
  public var parameters: Configuration = [:]
  /// Names of the tasks to run, in order; empty for all that have images.
  public var tasks: [String] = []
  public var mode = TaskMode.pipelined
  public var images = ImageCount.first(4)
  /// Images in a batch; by default one for each task.
  public var batchSize: Int?
  /// The only batch to run, by number.
  public var onlyBatch: Int?
  /// With which probability each stream holds back in a cycle, 0 ... 0.9.
  public var stallProbability = 0.0
  /// Seed of the stalls.
  public var seed: UInt64 = 1
  /// Seed of what registers hold before reset.
  public var xSeed: UInt32 = 1
  /// Where to write the waves around the first difference.
  public var trace: String?
  /// Folder for builds.
  public var cache: String?

  public init(model: String, vectors: String) {
    self.model = model
    self.vectors = vectors
  }
}

/// How many images of each task run.
public enum ImageCount: Sendable, Equatable {
  case first(Int)
  /// As many as the task with the fewest has.
  case all
}

/// A request whose inputs have been read and fit together.
public struct VerificationPlan: Sendable {
  public let request: VerificationRequest
  public let model: Model
  public let vectors: Vectors
  public let golden: GoldenModel
  public let parameters: CoreParameters
  public let array: ArrayShape
  /// Numbers of the tasks to run.
  public let tasks: [Int]
  /// The batches to run, with their numbers in the whole schedule.
  public let batches: [(number: Int, batch: Batch)]
  let sources: VerilogSources

  /// The model's name: that of its file.
  public var name: String {
    let file = URL(fileURLWithPath: request.model).lastPathComponent
    return [".model.safetensors", ".safetensors"].first { file.hasSuffix($0) }
      .map { String(file.dropLast($0.count)) } ?? file
  }

  /// Reads model, vectors and Verilog, and checks that they fit together.
  ///
  /// - Throws: `NetworkError`, `FitError`, `MappingError` or `RTLError`, one sentence each.
  public init(_ request: VerificationRequest) throws {
    self.request = request
    guard 0...0.9 ~= request.stallProbability else {
      throw FitError("the stall probability is \(request.stallProbability), and must be 0 to 0.9")
    }
    model = try Model.load(request.model)
    var size: Configuration = [:]
    if let folder = request.rtl { size = try GeneratedFolder(folder).size }
    parameters = try CoreParameters(for: model, given: request.parameters, size: size)
    sources = try Self.sources(request.rtl)
    array = try ArrayShape(
      rows: parameters.rows, columns: parameters.columns, lanes: parameters.lanes,
      laneExtra: parameters.laneExtra)
    vectors = try Vectors.load(request.vectors, for: model)
    golden = try GoldenModel(model)
    tasks = try Self.tasks(request, model, vectors)
    let schedule = try Batch.schedule(
      tasks: tasks, imagesPerTask: try Self.imagesPerTask(request, tasks, model, vectors),
      mode: request.mode,
      size: request.batchSize)
    let numbered = schedule.enumerated().map { (number: $0.offset, batch: $0.element) }
    if let only = request.onlyBatch {
      guard schedule.indices.contains(only) else {
        throw FitError("there is no batch \(only): they go from 0 to \(schedule.count - 1)")
      }
      batches = [numbered[only]]
    } else {
      batches = numbered
    }
  }

  private static func sources(_ folder: String?) throws -> VerilogSources {
    if let folder { return try VerilogSources(fileList: "\(folder)/\(CoreFiles.listName)") }
    return VerilogSources(
      try CoreFiles(defaults: [:]).verilog.map { .init(name: $0.name, text: $0.text) })
  }

  static func tasks(
    _ request: VerificationRequest, _ model: Model, _ vectors: Vectors
  ) throws -> [Int] {
    var tasks: [Int] = []
    for name in request.tasks {
      guard let task = model.tasks.firstIndex(of: name) else {
        throw FitError(
          "the model has no task '\(name)'; it has \(model.tasks.joined(separator: ", "))")
      }
      if tasks.contains(task) { throw FitError("task '\(name)' is named twice") }
      tasks.append(task)
    }
    if request.tasks.isEmpty {
      tasks = model.tasks.indices.filter { !vectors.tasks[$0].images.isEmpty }
      guard !tasks.isEmpty else { throw FitError("\(request.vectors) has no images of any task") }
    }
    return tasks
  }

  static func imagesPerTask(
    _ request: VerificationRequest, _ tasks: [Int], _ model: Model, _ vectors: Vectors
  ) throws -> Int {
    let counts = tasks.map { vectors.tasks[$0].images.count }
    guard case .first(let asked) = request.images else { return counts.min()! }
    for (task, count) in zip(tasks, counts) where asked > count {
      throw FitError(
        "task \(model.tasks[task]) has \(count) images in \(request.vectors), and "
          + "\(asked) are asked for")
    }
    return asked
  }
}

/// A folder that the generator wrote.
struct GeneratedFolder {
  /// ROWS, COLS and LANES as the Verilog's defaults are.
  let size: Configuration

  /// Reads `mime_config.json`.
  ///
  /// - Throws: `RTLError` where it cannot be read, or describes another interface.
  init(_ folder: String) throws {
    let path = "\(folder)/\(CoreFiles.descriptionName)"
    guard let data = FileManager.default.contents(atPath: path) else {
      throw RTLError(
        "\(path) cannot be read; name a folder that mimegen wrote, or write one with 'mimegen -o'")
    }
    struct Description: Decodable {
      struct Parameter: Decodable {
        let name: String
        let value: Int
      }
      let configHash: String
      let parameters: [Parameter]
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let description = try? decoder.decode(Description.self, from: data) else {
      throw RTLError("\(path) is not the description that mimegen writes; write it anew")
    }
    guard description.configHash == Machine.configurationHashText else {
      throw RTLError(
        "\(path) has the configuration hash \(description.configHash), and this mimegen's is "
          + "\(Machine.configurationHashText): write the Verilog anew with this mimegen")
    }
    size = Dictionary(
      description.parameters.filter { ["ROWS", "COLS", "LANES"].contains($0.name) }
        .map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
  }
}
