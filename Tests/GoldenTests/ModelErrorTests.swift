import Testing

@testable import Networks

/// Each way in which a model file can be wrong, with its message.
@Suite struct ModelErrorTests {
  static let layers: [Layer] = [
    .convolution("conv1", inputChannels: 1, outputChannels: 2, size: 4, isPooled: true),
    .fullyConnected("fc1", inputs: 8, outputs: 3),
  ]

  struct Case: Sendable, CustomTestStringConvertible {
    let message: String
    let change: @Sendable (inout [Tensor], inout [String: String]) -> Void
    var mode = Model.Mode.mime
    var testDescription: String { message }

    init(
      _ message: String, mode: Model.Mode = .mime,
      _ change: @escaping @Sendable (inout [Tensor], inout [String: String]) -> Void
    ) {
      self.message = message
      self.mode = mode
      self.change = change
    }

    /// With one metadata field changed, or left out.
    init(_ key: String, _ value: String?, _ message: String) {
      self.init(message) { $1[key] = value }
    }

    /// With one layer's field changed: `from` becomes `to` in the `layers` text.
    init(layers from: String, _ to: String, _ message: String) {
      self.init(message) { $1["layers"] = $1["layers"]!.replacing(from, with: to) }
    }

    /// With one tensor replaced, or left out.
    init(
      tensor name: String, shape: [Int], types: [ElementType] = [.int32], value: Int64 = 0,
      _ message: String
    ) {
      self.init(message) { tensors, _ in
        tensors.removeAll { $0.name == name }
        let values = Array(repeating: value, count: shape.reduce(1, *))
        tensors.append(Tensor(name: name, types: types, shape: shape, values: values))
      }
    }
  }

  static let metadataCases = [
    Case("layers", nil, "the metadata has no 'layers'; it is a JSON list of layers"),
    Case("tasks", nil, "the metadata has no 'tasks'; it is a comma-separated list of task names"),
    Case("activation", nil, "the metadata has no 'activation'; it is u8, s8 or the like"),
    Case("clamp", nil, "the metadata has no 'clamp'; it is [low, high]"),
    Case(
      "rounding", nil,
      "the metadata has no 'rounding'; it is one of half-even, half-up, half-away, floor, "
        + "toward-zero"),
    Case(
      "rounding", "nearest",
      "rounding is 'nearest' in the metadata and must be one of half-even, half-up, half-away, "
        + "floor, toward-zero"),
    Case(
      "mode", "both", "mode is 'both' in the metadata and must be one of mime, conventional"),
    Case(
      "activation", "u32",
      "activation is 'u32' in the metadata and must be u and a width of 2 to 31 or s and a width "
        + "of 2 to 32, such as u8"),
    Case(
      "input", "float32 28x28",
      "input is 'float32' in the metadata and must be u and a width of 2 to 31 or s and a width "
        + "of 2 to 32, such as u8"),
    Case("clamp", "[255, 0]", "clamp is '[255, 0]' in the metadata and must be [low, high]"),
    Case("clamp", "[0]", "clamp is '[0]' in the metadata and must be [low, high]"),
    Case(
      "clamp", "[-1, 255]", "clamp [-1, 255] does not fit u8 activations, which hold 0 to 255"),
    Case(
      "clamp", "[0, 256]", "clamp [0, 256] does not fit u8 activations, which hold 0 to 255"),
    Case(
      "clamp", "[1, 255]",
      "clamp [1, 255] leaves out 0, the value of masked activations; it must hold 0"),
    Case(
      "relu_tasks", "other", "relu_tasks names 'other', which is not one of tasks"),
    Case("tasks", "", "the model has no task"),
    Case(
      "tasks", "task0,task0", "task 'task0' is listed twice; names must differ"),
    Case(
      "tasks", "task0,,task1",
      "there is no tensor 'task..head.bias' of shape [classes]"),
    Case("layers", "[", "'layers' in the metadata is not JSON: it ends where a value is expected"),
    Case("layers", "{}", "'layers' in the metadata is not a JSON list"),
    Case("layers", "[]", "the model has no hidden layer"),
    Case(
      layers: "\"cin\":1,", "", "element 0 of 'layers' in the metadata has no integer 'cin'"),
    Case(
      layers: "\"name\":\"fc1\"", "\"name\":1",
      "element 1 of 'layers' in the metadata has no string 'name'"),
    Case(
      layers: "\"pool\":true", "\"pool\":1",
      "element 0 of 'layers' in the metadata has no 'pool' that is true or false"),
    Case(
      layers: "\"conv\"", "\"depthwise\"",
      "element 0 of 'layers' in the metadata has the kind 'depthwise' and must have 'conv' or 'fc'"),
    Case(
      layers: "\"size\":1,\"pool\":false", "\"size\":1,\"pool\":true",
      "element 1 of 'layers' in the metadata is of kind 'fc': its size must be 1 and its pool "
        + "false"),
    Case(
      layers: "\"name\":\"fc1\"", "\"name\":\"conv1\"",
      "layer 'conv1' is listed twice; names must differ"),
    Case(
      layers: "\"name\":\"fc1\"", "\"name\":\"head\"",
      "'head' cannot name a layer: a name is not empty, has no dot and is not 'head'"),
    Case(
      layers: "\"size\":4", "\"size\":1",
      "layer conv1 pools a map of size 1; pooling needs a size of at least 2"),
    Case(
      layers: "\"size\":4", "\"size\":65537",
      "layer conv1 has 1 input channels, 2 output channels and size 65537; channels are 1 to "
        + "16777216, sizes 1 to 65536"),
    Case(
      layers: "\"cout\":3", "\"cout\":0",
      "layer fc1 has 8 input channels, 0 output channels and size 1; channels are 1 to 16777216, "
        + "sizes 1 to 65536"),
    Case(
      layers: "\"size\":4", "\"size\":6",
      "layer fc1 takes 8 values, but layer conv1 gives 18"),
    Case(
      layers: "\"size\":4", "\"size\":4,\"kernel\":\"3\"",
      "element 0 of 'layers' in the metadata has a 'kernel' that is not an integer"),
    Case(
      layers: "\"size\":4", "\"size\":4,\"stride\":1.5",
      "element 0 of 'layers' in the metadata has a 'stride' that is not an integer"),
    Case(
      layers: "\"size\":4", "\"size\":4,\"padding\":null",
      "element 0 of 'layers' in the metadata has a 'padding' that is not an integer"),
    Case(
      layers: "\"size\":1", "\"size\":1,\"kernel\":3",
      "element 1 of 'layers' in the metadata is of kind 'fc': it can have no kernel, stride or "
        + "padding"),
    Case(
      layers: "\"size\":1", "\"size\":1,\"stride\":2",
      "element 1 of 'layers' in the metadata is of kind 'fc': it can have no kernel, stride or "
        + "padding"),
    Case(
      layers: "\"size\":4", "\"size\":4,\"kernel\":0",
      "layer conv1 has a kernel of size 0 and stride 1; kernels are 1 to 31, strides 1 to 8"),
    Case(
      layers: "\"size\":4", "\"size\":4,\"kernel\":32",
      "layer conv1 has a kernel of size 32 and stride 1; kernels are 1 to 31, strides 1 to 8"),
    Case(
      layers: "\"size\":4", "\"size\":4,\"stride\":0",
      "layer conv1 has a kernel of size 3 and stride 0; kernels are 1 to 31, strides 1 to 8"),
    Case(
      layers: "\"size\":4", "\"size\":4,\"stride\":9",
      "layer conv1 has a kernel of size 3 and stride 9; kernels are 1 to 31, strides 1 to 8"),
    Case(
      layers: "\"size\":4", "\"size\":4,\"padding\":3",
      "layer conv1 has padding 3; with a kernel of size 3 it is 0 to 2"),
    Case(
      layers: "\"size\":4", "\"size\":4,\"padding\":-1",
      "layer conv1 has padding -1; with a kernel of size 3 it is 0 to 2"),
    Case(
      layers: "\"size\":4", "\"size\":4,\"kernel\":7,\"padding\":1",
      "layer conv1 has a kernel of size 7, but its padded input has only size 6"),
    Case(
      layers: "\"size\":4", "\"size\":4,\"stride\":4",
      "layer conv1 pools a map of size 1; pooling needs a size of at least 2"),
    Case(
      layers: "\"size\":4", "\"size\":4,\"stride\":2",
      "layer fc1 takes 8 values, but layer conv1 gives 2"),
    Case(
      layers: "\"kind\":\"fc\"", "\"kind\":\"conv\"",
      "layer fc1 takes 8 channels of size 1, but layer conv1 gives 2 of size 2"),
    Case(
      "head_input", "max",
      "head_input is 'max' in the metadata and must be one of flatten, average"),
    Case(
      "head_input", "average",
      "layer head averages a map, but layer fc1 is fully connected and gives none"),
    Case(
      layers: "\"size\":1", "\"size\":1,\"average\":1",
      "element 1 of 'layers' in the metadata has an 'average' that is not true or false"),
    Case(
      layers: "\"size\":4", "\"size\":4,\"average\":true",
      "element 0 of 'layers' in the metadata is of kind 'conv': only a layer of kind 'fc' can "
        + "average"),
    Case(
      layers: "\"size\":1", "\"size\":1,\"average\":true",
      "layer fc1 takes 8 channels of size 2, but layer conv1 gives 2 of size 2"),
    Case(
      layers: "\"size\":1", "\"size\":2,\"average\":true",
      "element 1 of 'layers' in the metadata is of kind 'fc': its size must be 1 and its pool "
        + "false"),
    Case(
      layers: "\"kind\":\"conv\",\"cin\":1,\"cout\":2,\"size\":4,\"pool\":true",
      "\"kind\":\"fc\",\"cin\":1,\"cout\":2,\"size\":1,\"pool\":false,\"average\":true",
      "layer conv1 averages a map, but no layer is before it"),
    Case(
      layers: "\"cin\":8", "\"cin\":4611686018427387904,\"average\":true",
      "layer fc1 has 4611686018427387904 input channels, 3 output channels and size 2; channels are "
        + "1 to 16777216, sizes 1 to 65536"),
  ]

  static let tensorCases = [
    Case("there is no tensor 'parent.fc1.weight' of shape [3, 8]") { tensors, _ in
      tensors.removeAll { $0.name == "parent.fc1.weight" }
    },
    Case("there is no tensor 'task.task1.conv1.threshold' of shape [2, 4, 4]") { tensors, _ in
      tensors.removeAll { $0.name == "task.task1.conv1.threshold" }
    },
    Case("there is no tensor 'task.task1.fc1.shift' of shape [3]", mode: .conventional) {
      tensors, _ in tensors.removeAll { $0.name == "task.task1.fc1.shift" }
    },
    Case(
      tensor: "parent.conv1.weight", shape: [2, 1, 5, 5],
      "tensor 'parent.conv1.weight' has shape [2, 1, 5, 5] and must have [2, 1, 3, 3]"),
    Case(
      "tensor 'parent.conv1.weight' has shape [2, 1, 3, 3] and must have [2, 1, 2, 2]"
    ) { _, metadata in
      metadata["layers"] = metadata["layers"]!.replacing(
        "\"size\":4", with: "\"size\":4,\"kernel\":2,\"padding\":0,\"stride\":1"
      )
      .replacing("\"cin\":8", with: "\"cin\":2")
    },
    Case("tensor 'parent.fc1.weight' has shape [3, 8] and must have [3, 2]") { _, metadata in
      metadata["layers"] = metadata["layers"]!.replacing(
        "\"cin\":8", with: "\"cin\":2,\"average\":true")
    },
    Case(
      tensor: "parent.conv1.weight", shape: [2, 1, 3, 3], types: [.uint8],
      "tensor 'parent.conv1.weight' is of type U8 and must be I8, I16, I32"),
    Case(
      tensor: "parent.fc1.bias", shape: [4],
      "tensor 'parent.fc1.bias' has shape [4] and must have [3]"),
    Case(
      tensor: "parent.fc1.mult", shape: [3],
      "tensor 'parent.fc1.mult' is of type I32 and must be U8, U16, U32"),
    Case(
      tensor: "parent.fc1.shift", shape: [3], types: [.uint16],
      "tensor 'parent.fc1.shift' is of type U16 and must be U8"),
    Case(
      tensor: "parent.fc1.shift", shape: [3], types: [.uint8], value: 64,
      "layer fc1 of task task0 has a shift of 64; a shift is 0 to 63"),
    Case(
      tensor: "task.task0.fc1.threshold", shape: [3, 1, 1],
      "tensor 'task.task0.fc1.threshold' has shape [3, 1, 1] and must have [3]"),
    Case(
      tensor: "task.task1.fc1.threshold", shape: [3], value: -5,
      "layer fc1 of task task1 has a threshold of -5, but activations are unsigned (u8); negative "
        + "thresholds need signed activations"),
    Case(
      tensor: "task.task1.head.bias", shape: [4],
      "tensor 'task.task1.head.weight' has shape [3, 3] and must have [4, 3]"),
    Case(
      tensor: "task.task1.head.bias", shape: [1, 3],
      "tensor 'task.task1.head.bias' has shape [1, 3] and must have [classes]"),
    Case(
      tensor: "task.task1.head.weight", shape: [3, 4],
      "tensor 'task.task1.head.weight' has shape [3, 4] and must have [3, 3]"),
    Case(
      "there is a tensor 'task.task1.conv1.threshold', but task task1 is a ReLU task and can "
        + "have none"
    ) { $1["relu_tasks"] = "task1" },
  ]

  @Test(arguments: metadataCases + tensorCases) func wrongModel(_ given: Case) throws {
    let model = try SyntheticModel.make(seed: 1, layers: Self.layers, mode: given.mode)
    var tensors = model.tensors
    var metadata = model.metadata
    given.change(&tensors, &metadata)
    let file = try TensorFile(
      content: TensorFile.content(tensors, metadata: metadata), path: "F")
    let error = #expect(throws: NetworkError.self) { try Model(file) }
    #expect(error?.description == "F: \(given.message)")
  }

  /// Geometry that cannot be is said, before any number is drawn.
  @Test(arguments: [
    Layer.convolution("a", inputChannels: 2, outputChannels: 3, size: 2, kernel: 7, padding: 1),
    .convolution("a", inputChannels: 2, outputChannels: 3, size: 4, stride: 0),
    .convolution("a", inputChannels: 0, outputChannels: 3, size: 4),
    .convolution("a", inputChannels: 2, outputChannels: 3, size: -4),
    .convolution("a", inputChannels: 2, outputChannels: 3, size: 1, isPooled: true),
  ]) func drawsNoImpossibleLayer(layer: Layer) {
    #expect(throws: NetworkError.self) { try SyntheticModel.make(seed: 1, layers: [layer]) }
  }

  @Test func drawsNoLayersThatDoNotFollowEachOther() {
    #expect(throws: NetworkError.self) {
      try SyntheticModel.make(
        seed: 1,
        layers: [
          .convolution("a", inputChannels: 2, outputChannels: 3, size: 4),
          .convolution("b", inputChannels: 4, outputChannels: 3, size: 4),
        ])
    }
    #expect(throws: NetworkError.self) { try SyntheticModel.make(seed: 1, layers: []) }
  }
}
