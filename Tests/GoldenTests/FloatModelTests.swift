import Foundation
import Testing

@testable import Networks

/// Trained networks from files.
@Suite struct FloatModelTests {
  static let layers: [Layer] = [
    .convolution("conv1", inputChannels: 2, outputChannels: 3, size: 9, kernel: 5, isPooled: true),
    .convolution("conv2", inputChannels: 3, outputChannels: 4, size: 4, stride: 3),
    .fullyConnected("fc1", inputs: 16, outputs: 5),
  ]

  static func network(
    _ layers: [Layer] = layers, mode: Model.Mode = .mime, averages: Bool = false,
    steps: ActivationSteps? = nil
  ) throws -> FloatModel {
    let heads = [2, 3].map { Layer.head(after: layers.last, classes: $0, averages: averages) }
    var next: Float = 0
    func numbers(_ count: Int) -> [Float] {
      (0..<count).map { _ in
        next += 1
        return next / 8
      }
    }
    let parents = layers.map { layer in
      FloatParameters(
        weights: numbers(layer.outputChannels * layer.weightsPerOutput),
        bias: numbers(layer.outputChannels))
    }
    return try FloatModel(
      layers: layers, heads: heads, tasks: ["a", "b"], mode: mode,
      input: ActivationFormat(width: 8, isSigned: false), inputScale: 1 / 255,
      parameters: heads.enumerated().map { task, head in
        zip(layers, parents).map { layer, parent in
          FloatParameters(
            weights: mode == .mime ? parent.weights : numbers(parent.weights.count),
            bias: parent.bias,
            thresholds: mode == .mime && task == 0
              ? numbers(layer.outputCount) : Array(repeating: 0, count: layer.outputCount))
        } + [
          FloatParameters(
            weights: numbers(head.outputChannels * head.weightsPerOutput),
            bias: numbers(head.outputChannels))
        ]
      }, hasThresholds: [mode == .mime, false], steps: steps)
  }

  static func expectEqual(_ a: FloatModel, _ b: FloatModel) {
    #expect(a.layers == b.layers && a.tasks == b.tasks && a.mode == b.mode)
    #expect(a.input == b.input && a.inputScale == b.inputScale && a.steps == b.steps)
    for task in a.tasks.indices {
      #expect(a.head(of: task) == b.head(of: task))
      #expect(a.hasThresholds(task: task) == b.hasThresholds(task: task))
      for layer in 0...a.layers.count {
        let own = a.parameters(ofLayer: layer, task: task)
        let other = b.parameters(ofLayer: layer, task: task)
        #expect(own.weights == other.weights && own.bias == other.bias)
        #expect(own.thresholds == other.thresholds)
      }
    }
  }

  static func content(_ network: FloatModel, metadata: [String: String]? = nil) -> Data {
    TensorFile.content(network.tensors, metadata: metadata ?? network.metadata)
  }

  @Test(arguments: [Model.Mode.mime, .conventional])
  func writtenAndReadAgain(mode: Model.Mode) throws {
    let network = try Self.network(mode: mode)
    let file = try TensorFile(content: Self.content(network), path: "F")
    Self.expectEqual(try FloatModel(file), network)
  }

  @Test func activationSteps() throws {
    let network = try Self.network(steps: ActivationSteps(values: [0.5, 0.1, 3], levels: 255))
    let found = try FloatModel(TensorFile(content: Self.content(network), path: "F"))
    #expect(found.steps == network.steps)
    Self.expectEqual(found, network)
  }

  @Test func aHeadThatAverages() throws {
    let network = try Self.network(Array(Self.layers.dropLast()), averages: true)
    Self.expectEqual(
      try FloatModel(TensorFile(content: Self.content(network), path: "F")), network)
  }

  // MARK: Networks that are only described

  /// More than nine layers, whose names sort naturally; pools in the middle and at the end.
  static let described: [Layer] =
    (1...11).map { index in
      .convolution(
        "conv\(index)", inputChannels: index == 1 ? 1 : 2, outputChannels: 2,
        size: index <= 3 ? 13 : 6, kernel: index == 2 ? 1 : 3, isPooled: index == 3 || index == 11)
    } + [
      .fullyConnected("fc12", inputs: 18, outputs: 4),
      .fullyConnected("fc13", inputs: 4, outputs: 3),
    ]

  static let description = ["layers": "VGG, P after 3 and 11", "tasks": "a (parent), b"]

  @Test func inferredFromTensors() throws {
    let network = try Self.network(Self.described)
    let content = Self.content(network, metadata: Self.description)
    Self.expectEqual(try FloatModel(TensorFile(content: content, path: "F")), network)
    let steps = ActivationSteps(values: (1...13).map { Float($0) / 8 }, levels: 7)
    let withSteps = try Self.network(Self.described, steps: steps)
    let more = Self.content(
      withSteps, metadata: Self.description.merging(["activation_levels": "7"]) { $1 })
    Self.expectEqual(try FloatModel(TensorFile(content: more, path: "F")), withSteps)
  }

  @Test(arguments: [(true, true), (false, true), (true, false)])
  func inferredWithoutDenseLayers(isPooled: Bool, averages: Bool) throws {
    let network = try Self.network(
      [.convolution("c", inputChannels: 1, outputChannels: 3, size: 8, isPooled: isPooled)],
      averages: averages)
    let content = Self.content(network, metadata: [:])
    let found = try FloatModel(TensorFile(content: content, path: "F"))
    // Nothing tells a pool from none before an average.
    #expect(found.layers[0].isPooled == (isPooled && !averages))
    #expect(found.head(of: 0).averages == averages)
  }

  struct Refusal: CustomTestStringConvertible {
    let message: String
    var metadata: [String: String?] = [:]
    /// Tensors to leave out, and others in their place.
    var without = ""
    var with: [Tensor] = []
    var testDescription: String { message }
  }

  static func steps(_ values: [Float]) -> [Tensor] {
    zip(layers, values).map { layer, value in
      Tensor(name: "parent.\(layer.name).activation_step", shape: [1], reals: [value])
    }
  }

  static let refusals = [
    Refusal(
      message:
        "the metadata has no 'input_scale'; it is the real value of one step of a stored image, "
        + "such as 0.00392156862745098", metadata: ["input_scale": nil]),
    Refusal(
      message: "input_scale is '-1' in the metadata and must be a number above 0",
      metadata: ["input_scale": "-1"]),
    Refusal(
      message: "input_scale is 'nan' in the metadata and must be a number above 0",
      metadata: ["input_scale": "nan"]),
    Refusal(
      message: "format is 'float/2' in the metadata and must be float/1",
      metadata: ["format": "float/2"]),
    Refusal(
      message: "the metadata has no 'tasks'; it is a comma-separated list of task names",
      metadata: ["tasks": nil]),
    Refusal(
      message: "relu_tasks names 'z', which is not one of tasks", metadata: ["relu_tasks": "z"]),
    Refusal(
      message:
        "activation_levels is '255.0' in the metadata and must be a whole number, such as 255",
      metadata: ["activation_levels": "255.0"]),
    Refusal(
      message: "there is no tensor 'parent.conv1.activation_step' of shape [1]",
      metadata: ["activation_levels": "255"]),
    Refusal(
      message:
        "there is a tensor 'parent.conv1.activation_step', but no 'activation_levels' in the metadata; "
        + "it is the largest activation in steps, such as 255", with: steps([1, 1, 1])),
    Refusal(
      message: "activations have 0 levels and must have 1 to 16777215",
      metadata: ["activation_levels": "0"], with: steps([1, 1, 1])),
    Refusal(
      message: "layer conv2 has an activation step of -1.0 and must have one above 0",
      metadata: ["activation_levels": "3"], with: steps([1, -1, 1])),
    Refusal(
      message: "activations that are rounded to steps are 0 or more, but a threshold is negative",
      metadata: ["activation_levels": "3"], without: "a.fc1.threshold",
      with: steps([1, 1, 1]) + [
        Tensor(name: "task.a.fc1.threshold", shape: [5], reals: [1, 1, -1, 1, 1] as [Float])
      ]),
    Refusal(
      message: "there is no tensor 'parent.conv2.bias' of shape [4]", without: "parent.conv2.bias"),
    Refusal(
      message: "there is no tensor 'task.b.head.bias' of shape [classes]",
      without: "task.b.head.bias"
    ),
    Refusal(
      message: "tensor 'parent.conv2.bias' has shape [3] and must have [4]",
      without: "parent.conv2.bias",
      with: [Tensor(name: "parent.conv2.bias", shape: [3], reals: [1, 2, 3] as [Float])]),
    Refusal(
      message: "tensor 'parent.conv2.bias' is of type I8 and must be F16, BF16, F32, F64",
      without: "parent.conv2.bias",
      with: [Tensor(name: "parent.conv2.bias", types: [.int8], shape: [4], values: [1, 2, 3, 4])]),
    Refusal(
      message: "layer conv2 of task a has biases that are not finite numbers",
      without: "parent.conv2.bias",
      with: [Tensor(name: "parent.conv2.bias", shape: [4], reals: [1, .infinity, 3, 4] as [Float])]),
    Refusal(
      message:
        "there is a tensor 'task.b.conv1.threshold', but task b is a ReLU task and can have none",
      with: [
        Tensor(
          name: "task.b.conv1.threshold", shape: [3, 9, 9],
          reals: [Float](repeating: 0, count: 243))
      ]),
    Refusal(
      message: "'layers' in the metadata is not a JSON list, and there is no tensor "
        + "'task.TASK.head.bias' to infer the network from", metadata: ["layers": "VGG"],
      without: "head.bias"),
    Refusal(
      message:
        "'layers' in the metadata is not a JSON list, and no task has thresholds of layer conv1 "
        + "that would say how large its map is", metadata: ["layers": "VGG"],
      without: "conv1.threshold"),
  ]

  @Test(arguments: refusals) func refuses(_ given: Refusal) throws {
    let network = try Self.network()
    var metadata = network.metadata
    for (name, value) in given.metadata { metadata[name] = value }
    let tensors =
      network.tensors.filter { given.without.isEmpty || !$0.name.hasSuffix(given.without) }
      + given.with
    let file = try TensorFile(
      content: TensorFile.content(tensors, metadata: metadata), path: "F")
    let error = #expect(throws: NetworkError.self) { try FloatModel(file) }
    #expect(error?.description == "F: \(given.message)")
  }

  @Test func conventionalNetworksHaveNoSteps() throws {
    let error = #expect(throws: NetworkError.self) {
      try Self.network(
        mode: .conventional, steps: ActivationSteps(values: [1, 1, 1], levels: 255))
    }
    #expect(
      error?.description
        == "activation steps are those of a MIME network, and this is a conventional one")
  }

  /// Thousands of damaged files: each is a network or is refused in a sentence, and nothing traps.
  @Test(arguments: [true, false]) func damagedFiles(isDescribed: Bool) throws {
    let layers: [Layer] = [
      .convolution("c1", inputChannels: 1, outputChannels: 2, size: 4, isPooled: true),
      .fullyConnected("f2", inputs: 8, outputs: 2),
    ]
    let network = try Self.network(
      layers, steps: isDescribed ? nil : ActivationSteps(values: [1, 0.5], levels: 255))
    let bytes = Array(
      Self.content(network, metadata: isDescribed ? Self.description : nil))
    let header = bytes.prefix(2).reversed().reduce(0) { $0 << 8 | Int($1) } + 8
    var generator = SeededGenerator(seed: isDescribed ? 5 : 6)
    func below(_ limit: Int) -> Int { Int.random(in: 0..<max(1, limit), using: &generator) }
    var (read, refused) = (0, 0)
    for _ in 0..<4000 {
      var damaged = bytes
      for _ in 0..<1 + below(3) {
        let place = below(below(5) == 0 ? damaged.count : min(header, damaged.count))
        switch below(6) {
        case 0 where place < damaged.count: damaged[place] ^= 1 << UInt8(below(8))
        // Digits make other shapes, offsets and sizes.
        case 1...3 where place < damaged.count:
          damaged[place] = UInt8(ascii: "0") + UInt8(below(10))
        case 4: damaged.removeLast(below(damaged.count + 1))
        default: damaged.insert(UInt8(below(256)), at: min(place, damaged.count))
        }
      }
      do throws(NetworkError) {
        let found = try FloatModel(TensorFile(content: Data(damaged), path: "F"))
        #expect(found.tasks.count <= 2)
        read += 1
      } catch {
        #expect(error.description.hasPrefix("F: "))
        refused += 1
      }
    }
    #expect(refused > 1000 && read > 50, "\(read) read, \(refused) refused")
  }
}
