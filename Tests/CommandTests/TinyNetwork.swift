import Foundation
import Golden

@testable import Networks

/// A network of a convolution and a fully connected layer for two tasks, with vectors of three
/// images a task, as files in a folder.
struct TinyNetwork {
  static let images = 3
  static let layers: [Layer] = [
    .convolution("conv1", inputChannels: 1, outputChannels: 4, size: 4, isPooled: true),
    .fullyConnected("fc1", inputs: 16, outputs: 5),
  ]

  var model: Model
  var vectors: Vectors

  init() throws {
    let model = try SyntheticModel.make(seed: 11, layers: Self.layers)
    let golden = try GoldenModel(model)
    self.model = model
    vectors = Vectors(
      tasks: model.tasks.indices.map { task in
        let images = SyntheticModel.images(
          for: model, count: Self.images, seed: UInt64(20 + task))
        let logits = images.map { golden.infer($0, task: task).logits }
        let classes = logits.map { $0.firstIndex(of: $0.max()!)! }
        return TaskVectors(images: images, labels: classes, logits: logits)
      })
  }

  static let modelFile = "model.safetensors"
  static let vectorsFile = "vectors.safetensors"

  /// The arguments that verify the network on the smallest core that has rows and columns.
  static let arguments =
    ["verify", "--model", modelFile, "--vectors", vectorsFile, "--images", "2"] + size
  static let size = ["--rows", "2", "--cols", "3"]

  func write(to folder: String) throws {
    try model.write(to: "\(folder)/\(Self.modelFile)")
    try vectors.write(to: "\(folder)/\(Self.vectorsFile)", for: model)
  }
}

/// Runs `body` in a new folder with the files of a network.
func withNetwork<Result>(
  _ network: TinyNetwork? = nil, _ body: (String) throws -> Result
) throws -> Result {
  try withFolder { folder in
    try (network ?? TinyNetwork()).write(to: folder)
    return try body(folder)
  }
}

extension TinyNetwork {
  /// The same network with the vectors of task 0 changed.
  func replacingVectors(
    labels: (([Int]) -> [Int])? = nil, logits: (([[Int64]]) -> [[Int64]])? = nil
  ) -> TinyNetwork {
    var network = self
    let own = vectors.tasks[0]
    network.vectors = Vectors(
      tasks: [
        TaskVectors(
          images: own.images, labels: labels.map { $0(own.labels!) } ?? own.labels,
          logits: logits.map { $0(own.logits!) } ?? own.logits)
      ] + vectors.tasks.dropFirst())
    return network
  }
}
