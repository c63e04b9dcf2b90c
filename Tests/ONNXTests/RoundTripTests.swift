import Foundation
import Networks
import Testing

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
