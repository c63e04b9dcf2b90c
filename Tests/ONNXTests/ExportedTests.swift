import Foundation
import Golden
import Networks
import Testing

@testable import ONNX

/// Graphs as PyTorch's two exporters write them, with images and logits that PyTorch computed.
@Suite struct ExportedTests {
  static let names: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: Fixtures.exported(""))) ?? [])
    .filter { $0.hasSuffix(".onnx") }.map { String($0.dropLast(5)) }.sorted()

  @Test func areThere() { #expect(Self.names.count >= 20) }

  @Test(arguments: names) func giveTheLogitsOfPyTorch(name: String) throws {
    let imported = try ONNXImport([.init(path: Fixtures.exported("\(name).onnx"))])
    guard case .real(let model) = imported.network else {
      Issue.record("\(name) is quantized")
      return
    }
    #expect(imported.notes == [])
    #expect(model.inputScale == 1.0 / 255)
    #expect(
      model.hasThresholds(task: 0)
        == ["mask", "where", "matmul"].contains(where: { name.contains($0) }))
    let file = try TensorFile(path: Fixtures.exported("\(name).safetensors"))
    let shape = try #require(file.shape(of: "stored"))
    let stored: [Int32] = try file.values(of: "stored", shape: shape, types: [.uint8])
    let reals = try file.reals(of: "images", shape: shape)
    let classes = model.head(of: 0).outputChannels
    let logits = try file.reals(of: "logits", shape: [shape[0], classes])
    let golden = FloatGoldenModel(model)
    let count = shape[1...].reduce(1, *)
    for image in 0..<shape[0] {
      let range = image * count..<(image + 1) * count
      let results = [
        golden.infer(real: Array(reals[range]), task: 0).logits,
        golden.infer(Array(stored[range]), task: 0).logits,
      ]
      for result in results {
        for (a, b) in zip(result, logits[image * classes..<(image + 1) * classes]) {
          #expect(abs(a - b) < 1e-5, "\(name), image \(image)")
        }
      }
    }
  }
}
