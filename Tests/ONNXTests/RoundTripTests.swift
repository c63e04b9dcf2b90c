import Foundation
import Testing

@testable import Networks
@testable import ONNX

/// Exported networks, imported again, are the same bit for bit.
@Suite struct RoundTripTests {
  /// Those with u8 activations and 8-bit weights, which the importer reads back.
  static let models = [
    "small/model", "small/finetuned", "directed/u8.model", "directed/shift.model",
    "directed/k1.model", "directed/conventional.model", "directed/kernel5.model",
    "directed/padding.model",
  ]

  @Test(arguments: models) func integers(name: String) throws {
    let model = try Model.load(Fixtures.golden("\(name).safetensors"))
    let imported = try roundTrip(model, .integer)
    #expect(imported.content() == model.content())
  }

  @Test(
    arguments: [
      [
        Layer.convolution(
          "a", inputChannels: 2, outputChannels: 5, size: 9, kernel: 5, stride: 2, isPooled: true),
        .averaging("b", inputChannels: 5, size: 2, outputs: 6),
        .convolution("c", inputChannels: 6, outputChannels: 3, size: 1, kernel: 1),
      ],
      [.fullyConnected("a", inputs: 7, outputs: 5), .fullyConnected("b", inputs: 5, outputs: 4)],
      [.convolution("a", inputChannels: 1, outputChannels: 3, size: 5, kernel: 4, padding: 3)],
    ], Rounding.allCases)
  func roundings(layers: [Layer], rounding: Rounding) throws {
    for (mode, reluTasks) in [(Model.Mode.mime, Set([1])), (.conventional, [])] {
      let model = try SyntheticModel.make(
        seed: 7, layers: layers, tasks: 3, mode: mode, weightWidth: 8, rounding: rounding,
        reluTasks: reluTasks, headAverages: layers[layers.count - 1].kind == .convolution)
      #expect(try roundTrip(model, .integer).content() == model.content())
    }
  }

  /// Scales in single precision give back the least multiplier that comes to the same.
  @Test(arguments: ["small/model", "directed/shift.model", "directed/padding.model"])
  func realOperators(name: String) throws {
    let model = try Model.load(Fixtures.golden("\(name).safetensors"))
    let imported = try roundTrip(model, .qdq)
    #expect(imported.layers == model.layers && imported.mode == model.mode)
    #expect(imported.clamp == model.clamp)
    for task in model.tasks.indices {
      for layer in 0...model.layers.count {
        let (a, b) = (
          imported.parameters(ofLayer: layer, task: task),
          model.parameters(ofLayer: layer, task: task)
        )
        #expect(a.weights == b.weights && a.bias == b.bias && a.thresholds == b.thresholds)
        for (own, given) in zip(zip(a.multipliers, a.shifts), zip(b.multipliers, b.shifts)) {
          #expect(
            UInt64(own.0) << UInt64(given.1 - own.1) == UInt64(given.0),
            "layer \(layer) of task \(task)")
        }
      }
    }
  }

  /// The tasks of a model as graphs, and those as one model.
  private func roundTrip(_ model: Model, _ form: ONNXExport.Form) throws -> Model {
    try withFolder { folder in
      var sources: [ONNXImport.Source] = []
      for (task, name) in model.tasks.enumerated() {
        let path = "\(folder)/\(name).onnx"
        // Traces are further outputs, among which the logits are named.
        try ONNXExport(model, task: task, traces: true).content(form)
          .write(to: URL(fileURLWithPath: path))
        sources.append(.init(task: name, path: path))
      }
      let imported = try ONNXImport(sources, options: ImportOptions(output: "logits"))
      guard case .integer(let result) = imported.network else {
        throw ONNXError("the network is not quantized")
      }
      #expect(imported.notes == [])
      return result
    }
  }

  /// One graph of all tasks, and that as a model.
  private func roundTripOfAll(_ model: Model) throws -> Model {
    let content = try ONNXExport(ofAllTasks: model, traces: false).content(.integer)
    guard case .integer(let result) = try TestGraph.imported(content) else {
      throw ONNXError("the network is not quantized")
    }
    return result
  }

  @Test(arguments: models) func allTasksInOneGraph(name: String) throws {
    let model = try Model.load(Fixtures.golden("\(name).safetensors"))
    #expect(try roundTripOfAll(model).content() == model.content())
  }

  /// Tasks without thresholds among others, of one and of several classes, and weights of their own.
  @Test(arguments: Rounding.allCases) func allTasksOfAnyKind(rounding: Rounding) throws {
    let layers: [Layer] = [
      .convolution(
        "a", inputChannels: 2, outputChannels: 5, size: 9, kernel: 5, stride: 2, isPooled: true),
      .averaging("b", inputChannels: 5, size: 2, outputs: 6),
      .fullyConnected("c", inputs: 6, outputs: 1),
    ]
    for (mode, reluTasks) in [
      (Model.Mode.mime, Set([1])), (.mime, [0, 1]), (.mime, []), (.conventional, []),
    ] {
      // A conventional network of one task is not told from one that shares its weights.
      for tasks in mode == .mime ? [1, 3] : [3] {
        let model = try SyntheticModel.make(
          seed: 9, layers: layers, tasks: tasks, mode: mode, weightWidth: 8, rounding: rounding,
          reluTasks: reluTasks.filter { $0 < tasks })
        #expect(try roundTripOfAll(model).content() == model.content())
      }
    }
  }

  @Test func whatAGraphOfAllTasksCannotSay() throws {
    let model = try Model.load(Fixtures.golden("directed/u8.model.safetensors"))
    let export = ONNXExport(ofAllTasks: model, traces: false)
    let error = #expect(throws: ONNXError.self) { try export.content(.qdq) }
    #expect(
      error?.description
        == "a graph of all tasks is of integer operators; the qdq form is of one task")
    // A task that has thresholds, said to have none.
    var graph = try ModelProto(serializedBytes: export.content(.integer))
    let place = try #require(graph.metadataProps.firstIndex { $0.key == Graph.reluTasksKey })
    graph.metadataProps[place].value = model.tasks[0]
    let content = try graph.serializedData()
    let refusal = #expect(throws: ONNXError.self) { try TestGraph.imported(content) }
    #expect(
      refusal?.description
        == "M: node '\(model.layers[0].name)' (ConvInteger) has thresholds other than 0 behind it, and the file "
        + "says that task \(model.tasks[0]) has none")
  }

  /// Real numbers, the input scale among them, come back bit for bit.
  @Test(arguments: [
    (Model.Mode.mime, [Bool](repeating: true, count: 2), 1.0 / 255),
    (.mime, [false, true], 0.1), (.conventional, [false, false], 1),
  ]) func realNumbers(mode: Model.Mode, hasThresholds: [Bool], scale: Double) throws {
    let layers: [Layer] = [
      .convolution(
        "a", inputChannels: 2, outputChannels: 3, size: 9, kernel: 5, stride: 2, isPooled: true),
      .averaging("b", inputChannels: 3, size: 2, outputs: 6),
      .convolution("c", inputChannels: 6, outputChannels: 4, size: 1, kernel: 1),
      .fullyConnected("d", inputs: 4, outputs: 5),
    ]
    let heads = [3, 2].map { Layer.fullyConnected("head", inputs: 5, outputs: $0) }
    var generator = SeededGenerator(seed: 11)
    func numbers(_ count: Int) -> [Float] {
      (0..<count).map { index in
        index % 7 == 3
          ? -0.0
          : Float(bitPattern: .random(in: 0...0x4000_0000, using: &generator))
            * (index % 2 == 0 ? 1 : -1)
      }
    }
    let shared = layers.map {
      (numbers($0.outputChannels * $0.weightsPerOutput), numbers($0.outputChannels))
    }
    let parameters = (0..<2).map { task in
      layers.enumerated().map { index, layer in
        let own =
          mode == .mime
          ? shared[index] : (numbers(shared[index].0.count), numbers(shared[index].1.count))
        return FloatParameters(
          weights: own.0, bias: own.1,
          thresholds: hasThresholds[task]
            ? numbers(layer.outputCount) : Array(repeating: 0, count: layer.outputCount))
      } + [
        FloatParameters(
          weights: numbers(5 * heads[task].outputChannels),
          bias: numbers(heads[task].outputChannels))
      ]
    }
    let model = try FloatModel(
      layers: layers, heads: heads, tasks: ["a", "b"], mode: mode,
      input: ActivationFormat(width: 8, isSigned: false), inputScale: scale, parameters: parameters,
      hasThresholds: hasThresholds)
    try withFolder { folder in
      var sources: [ONNXImport.Source] = []
      for (task, name) in model.tasks.enumerated() {
        let path = "\(folder)/\(name).onnx"
        try FloatExport(model, task: task, traces: true).content()
          .write(to: URL(fileURLWithPath: path))
        sources.append(.init(task: name, path: path))
      }
      let imported = try ONNXImport(sources, options: ImportOptions(output: "logits"))
      guard case .real(let result) = imported.network else {
        Issue.record("the network is quantized")
        return
      }
      #expect(result.content() == model.content())
    }
  }

  @Test func whatTheFormsCannotExpress() throws {
    func message(_ name: String, _ form: ONNXExport.Form) throws -> String? {
      let model = try Model.load(Fixtures.golden("directed/\(name).model.safetensors"))
      do {
        _ = try ONNXExport(model, task: 0, traces: false).content(form)
        return nil
      } catch {
        return error.description
      }
    }
    #expect(
      try message("s8-floor", .qdq)
        == "the network rounds floor, and QuantizeLinear half-even; the integer form has all roundings"
    )
    #expect(
      try message("s24", .qdq)
        == "the network's images are s24 and its activations s24, and QuantizeLinear has 8 or 16 bits; the "
        + "integer form has all widths")
    #expect(
      try message("s24", .integer)?.hasSuffix("to more than the 64 bits that ONNX has") == true)
  }
}
