import Cosimulation
import Foundation
import HDL
import Machine
import Mapping
import Networks

/// Verifies a model of the test's own on files in a folder of its own.
struct NetworkRun {
  var model: Model
  var images: [[[Int32]]]
  var parameters: Configuration
  var mode = TaskMode.pipelined
  var stallProbability = 0.0
  var xSeed: UInt32 = 1
  /// The Verilog to verify; nil for what the generator writes.
  var verilog: [CoreFiles.File]?

  /// A run of random images, so many of each task.
  init(_ model: Model, images: Int, _ parameters: Configuration) {
    self.model = model
    self.images = model.tasks.indices.map {
      SyntheticModel.images(for: model, count: images, seed: UInt64(100 + $0))
    }
    self.parameters = parameters
  }

  func verify() throws -> VerificationResult {
    let folder = FileManager.default.temporaryDirectory.path + "/mimegen-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try model.write(to: "\(folder)/model.safetensors")
    try Vectors(tasks: images.map { TaskVectors(images: $0) })
      .write(to: "\(folder)/vectors.safetensors", for: model)
    var request = VerificationRequest(
      model: "\(folder)/model.safetensors", vectors: "\(folder)/vectors.safetensors")
    if let verilog {
      for file in verilog {
        try Data(file.text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(file.name)"))
      }
      request.rtl = folder
    }
    request.parameters = parameters
    request.mode = mode
    request.images = .first(images[0].count)
    request.stallProbability = stallProbability
    request.xSeed = xSeed
    return try Verification(VerificationPlan(request)) { _ in }.run()
  }
}

/// The formats that the tests' models use.
enum Format {
  static let u8 = ActivationFormat(width: 8, isSigned: false)
  static let s8 = ActivationFormat(width: 8, isSigned: true)
  static let u4 = ActivationFormat(width: 4, isSigned: false)
  static let s16 = ActivationFormat(width: 16, isSigned: true)
}

extension Model {
  /// Two convolutions, the first pooled, and a fully connected layer; odd sizes and channels.
  static func small(
    seed: UInt64 = 5, tasks: Int = 2, mode: Mode = .mime, activation: ActivationFormat = Format.u8,
    weightWidth: Int = 8, multiplierWidth: Int = 16, rounding: Rounding = .halfEven
  ) throws -> Model {
    try SyntheticModel.make(
      seed: seed,
      layers: [
        .convolution("conv1", inputChannels: 1, outputChannels: 3, size: 5, isPooled: true),
        .convolution("conv2", inputChannels: 3, outputChannels: 6, size: 2),
        .fullyConnected("fc1", inputs: 24, outputs: 7),
      ],
      tasks: tasks, mode: mode, activation: activation, weightWidth: weightWidth,
      multiplierWidth: multiplierWidth, rounding: rounding)
  }
}
