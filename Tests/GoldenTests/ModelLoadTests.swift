import Foundation
import Testing

@testable import Networks

/// Models are read as they were written, the committed ones as they say.
@Suite struct ModelLoadTests {
  static let layers: [Layer] = [
    .convolution("conv1", inputChannels: 1, outputChannels: 2, size: 4, isPooled: true),
    .fullyConnected("fc1", inputs: 8, outputs: 3),
  ]

  /// A map of one position, too, is averaged.
  static let averaged: [Layer] = [
    .convolution("conv1", inputChannels: 1, outputChannels: 2, size: 7, isPooled: true),
    .averaging("fc1", inputChannels: 2, size: 3, outputs: 4),
    .convolution("conv2", inputChannels: 4, outputChannels: 5, size: 1),
  ]

  struct Written: CustomTestStringConvertible {
    let testDescription: String
    let model: Model
  }

  private static func written() throws -> [Written] {
    [
      Written(
        testDescription: "unsigned with a ReLU task",
        model: try SyntheticModel.make(seed: 1, layers: layers, tasks: 3, reluTasks: [1])),
      Written(
        testDescription: "kernels, strides and paddings",
        model: try SyntheticModel.make(
          seed: 4,
          layers: [
            .convolution(
              "conv1", inputChannels: 1, outputChannels: 2, size: 9, kernel: 5, stride: 2),
            .convolution(
              "conv2", inputChannels: 2, outputChannels: 2, size: 5, padding: 0, isPooled: true),
            .convolution("conv3", inputChannels: 2, outputChannels: 3, size: 1, kernel: 1),
          ])),
      Written(
        testDescription: "signed, 16 bits",
        model: try SyntheticModel.make(
          seed: 2, layers: layers, input: ActivationFormat(width: 12, isSigned: true),
          activation: ActivationFormat(width: 16, isSigned: true), weightWidth: 16,
          multiplierWidth: 32, rounding: .towardZero)),
      Written(
        testDescription: "averages",
        model: try SyntheticModel.make(seed: 5, layers: averaged, headAverages: true)),
      Written(
        testDescription: "conventional",
        model: try SyntheticModel.make(
          seed: 3, layers: layers, mode: .conventional, multiplierWidth: 0, rounding: .halfUp)),
    ]
  }

  @Test func modelsAreReadAsWritten() throws {
    let folder = FileManager.default.temporaryDirectory
    for written in try Self.written() {
      let path = folder.appendingPathComponent("\(UUID().uuidString).safetensors").path
      defer { try? FileManager.default.removeItem(atPath: path) }
      try written.model.write(to: path)
      try expectEqual(try Model.load(path), written.model)
    }
  }

  /// What has its default is not written, as in files that know of no other geometry.
  @Test func onlyUnusualGeometryIsWritten() throws {
    func text(_ kernel: Int, _ stride: Int, _ padding: Int?) throws -> String {
      let layer = Layer.convolution(
        "c", inputChannels: 1, outputChannels: 1, size: 9, kernel: kernel, stride: stride,
        padding: padding)
      return try #require(SyntheticModel.make(seed: 1, layers: [layer]).metadata["layers"])
    }
    let usual =
      "{\"name\":\"c\",\"kind\":\"conv\",\"cin\":1,\"cout\":1,\"size\":9,\"pool\":false"
    #expect(try text(3, 1, nil) == "[\(usual)}]")
    #expect(try text(3, 1, 1) == "[\(usual)}]")
    #expect(try text(7, 1, 3) == "[\(usual),\"kernel\":7}]")
    #expect(try text(3, 2, nil) == "[\(usual),\"stride\":2}]")
    #expect(try text(5, 3, 0) == "[\(usual),\"kernel\":5,\"stride\":3,\"padding\":0}]")
  }

  @Test func averagingIsWritten() throws {
    let model = try SyntheticModel.make(seed: 1, layers: Self.averaged, headAverages: true)
    #expect(model.metadata["head_input"] == "average")
    #expect(
      model.metadata["layers"]?.contains(
        "{\"name\":\"fc1\",\"kind\":\"fc\",\"cin\":2,\"cout\":4,\"size\":1,\"pool\":false,"
          + "\"average\":true}") == true)
    #expect(model.tensors.first { $0.name == "parent.fc1.weight" }?.shape == [4, 2])
    #expect(model.tensors.first { $0.name == "task.task1.head.weight" }?.shape == [3, 5])
    let flattening = try SyntheticModel.make(seed: 1, layers: Self.layers)
    #expect(flattening.metadata["head_input"] == nil)
  }

  private func expectEqual(_ a: Model, _ b: Model) throws {
    #expect(a.layers == b.layers && a.tasks == b.tasks && a.mode == b.mode)
    #expect(a.input == b.input && a.activation == b.activation)
    #expect(a.clamp == b.clamp && a.rounding == b.rounding)
    for task in b.tasks.indices {
      #expect(a.hasThresholds(task: task) == b.hasThresholds(task: task))
      #expect(a.head(of: task) == b.head(of: task))
      for layer in 0...b.layers.count {
        let x = a.parameters(ofLayer: layer, task: task)
        let y = b.parameters(ofLayer: layer, task: task)
        #expect(x.weights == y.weights && x.bias == y.bias && x.thresholds == y.thresholds)
        #expect(x.multipliers == y.multipliers && x.shifts == y.shifts)
      }
    }
  }

  @Test func unwritableFile() throws {
    let model = try SyntheticModel.make(seed: 1, layers: Self.layers)
    let error = #expect(throws: NetworkError.self) { try model.write(to: "/nonexistent/m") }
    #expect(error?.description.hasPrefix("/nonexistent/m: the file cannot be written: ") == true)
  }

  /// What the committed models say of themselves.
  @Test func committedModels() throws {
    let mime = try Model.load(Fixtures.path("small/model.safetensors"))
    #expect(mime.tasks == ["fmnist", "mnist5k", "digits", "fmnist_rotinv", "fmnist_group4"])
    #expect(mime.mode == .mime && mime.rounding == .halfEven && mime.clamp == 0...255)
    #expect(mime.input == mime.activation)
    #expect(mime.tasks.indices.map { mime.head(of: $0).outputChannels } == [10, 10, 10, 10, 4])
    #expect(mime.layers.map(\.reduction) == [9, 144, 144, 288, 288, 576, 576])
    #expect(mime.layers.map(\.pooledSize) == [28, 14, 14, 7, 7, 3, 1])
    #expect((0...7).map(mime.sharesWeights) == [true, true, true, true, true, true, true, false])
    #expect(mime.weightWidth == 8 && mime.multiplierWidth == 15 && mime.activationWidth == 8)

    let finetuned = try Model.load(Fixtures.path("small/finetuned.safetensors"))
    #expect(finetuned.tasks == ["mnist5k", "digits", "fmnist_rotinv", "fmnist_group4"])
    #expect(finetuned.mode == .conventional)
    #expect(!finetuned.sharesWeights(inLayer: 0) && !finetuned.hasThresholds(task: 0))
    #expect(finetuned.parameters(ofLayer: 6, task: 0).thresholds == Array(repeating: 0, count: 128))
  }

  /// Shared weights are decoded and kept once.
  @Test func tasksShareStorage() throws {
    let model = try Model.load(Fixtures.path("small/model.safetensors"))
    for layer in model.layers.indices {
      let addresses = model.tasks.indices.map { task in
        model.parameters(ofLayer: layer, task: task).weights.withUnsafeBufferPointer {
          $0.baseAddress
        }
      }
      #expect(Set(addresses).count == 1)
    }
  }

  struct Length: CustomTestStringConvertible {
    let parameters: LayerParameters
    let message: String
    var testDescription: String { message }
  }

  /// A model made in the program is checked as one from a file.
  @Test(arguments: [
    Length(
      parameters: LayerParameters(
        weights: [1], bias: [0, 0], multipliers: [1, 1], shifts: [0, 0], thresholds: [0, 0]),
      message: "layer fc1 of task a has 1 weights and must have 2"),
    Length(
      parameters: LayerParameters(
        weights: [1, 2], bias: [], multipliers: [1, 1], shifts: [0, 0], thresholds: [0, 0]),
      message: "layer fc1 of task a has 0 biases and must have 2"),
    Length(
      parameters: LayerParameters(
        weights: [1, 2], bias: [0, 0], multipliers: [1], shifts: [0, 0], thresholds: [0, 0]),
      message: "layer fc1 of task a has 1 multipliers and must have 2"),
    Length(
      parameters: LayerParameters(
        weights: [1, 2], bias: [0, 0], multipliers: [1, 1], shifts: [0], thresholds: [0, 0]),
      message: "layer fc1 of task a has 1 shifts and must have 2"),
    Length(
      parameters: LayerParameters(
        weights: [1, 2], bias: [0, 0], multipliers: [1, 1], shifts: [0, 0], thresholds: []),
      message: "layer fc1 of task a has 0 thresholds and must have 2"),
  ])
  func arrayLengths(_ given: Length) {
    let error = #expect(throws: NetworkError.self) { try tiny(given.parameters) }
    #expect(error?.description == given.message)
  }

  @Test func headsAreFullyConnected() {
    let head = Layer.convolution("head", inputChannels: 2, outputChannels: 1, size: 1)
    let error = #expect(throws: NetworkError.self) {
      try tiny(LayerParameters(weights: [], bias: []), head: head)
    }
    #expect(error?.description == "layer head must be fully connected to follow the hidden layers")
  }

  @Test func headsAverageWhatIsAMap() {
    let error = #expect(throws: NetworkError.self) {
      try tiny(
        LayerParameters(weights: [], bias: []),
        head: .averaging("head", inputChannels: 2, size: 1, outputs: 1))
    }
    #expect(
      error?.description
        == "layer head averages a map, but layer fc1 is fully connected and gives none")
  }

  @Test func headsAreAlike() throws {
    let u8 = ActivationFormat(width: 8, isSigned: false)
    let hidden = LayerParameters(
      weights: [1], bias: [0], multipliers: [1], shifts: [0], thresholds: [0, 0, 0, 0])
    let error = #expect(throws: NetworkError.self) {
      try Model(
        layers: [.convolution("a", inputChannels: 1, outputChannels: 1, size: 2, kernel: 1)],
        heads: [
          .averaging("head", inputChannels: 1, size: 2, outputs: 1),
          .fullyConnected("head", inputs: 4, outputs: 1),
        ], tasks: ["a", "b"], mode: .mime, input: u8, activation: u8, clamp: 0...255,
        rounding: .floor,
        parameters: [
          [hidden, LayerParameters(weights: [1], bias: [0])],
          [hidden, LayerParameters(weights: [1, 1, 1, 1], bias: [0])],
        ], hasThresholds: [false, false])
    }
    #expect(
      error?.description == "the heads of some tasks average and those of others do not")
  }

  /// One fully connected layer of 1 input and 2 outputs, and a head of 1 class.
  private func tiny(
    _ parameters: LayerParameters,
    head: Layer = .fullyConnected("head", inputs: 2, outputs: 1)
  ) throws -> Model {
    let u8 = ActivationFormat(width: 8, isSigned: false)
    return try Model(
      layers: [.fullyConnected("fc1", inputs: 1, outputs: 2)], heads: [head], tasks: ["a"],
      mode: .mime, input: u8, activation: u8, clamp: 0...255, rounding: .floor,
      parameters: [[parameters, LayerParameters(weights: [1, -1], bias: [0])]],
      hasThresholds: [false])
  }

  struct Multipliers: CustomTestStringConvertible {
    let values: [UInt32]
    let width: Int
    var testDescription: String { "\(values)" }
  }

  @Test(arguments: [
    Multipliers(values: [1, 1], width: 0), Multipliers(values: [0, 0], width: 1),
    Multipliers(values: [0, 1], width: 1),
    Multipliers(values: [1, 2], width: 2), Multipliers(values: [0xFFFF, 3], width: 16),
    Multipliers(values: [.max, 1], width: 32),
  ])
  func multiplierWidth(_ given: Multipliers) throws {
    let model = try tiny(
      LayerParameters(
        weights: [-4, 3], bias: [0, 0], multipliers: given.values, shifts: [0, 0],
        thresholds: [0, 0]))
    #expect(model.multiplierWidth == given.width)
    #expect(model.weightWidth == 3)
  }
}
