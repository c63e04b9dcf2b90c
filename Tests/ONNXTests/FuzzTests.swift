import Foundation
import Testing

@testable import Networks
@testable import ONNX

/// Files that were changed at random: an error of one sentence or a network, every time.
@Suite struct FuzzTests {
  static let exported = [
    "torchscript-matmul", "torchscript-mask", "dynamo-where", "dynamo-average",
  ]

  /// The quantized forms, and the graph that the other tests change.
  static func corpus() throws -> [Data] {
    var files = try exported.map {
      try Data(contentsOf: URL(fileURLWithPath: Fixtures.exported("\($0).onnx")))
    }
    let model = try SyntheticModel.make(
      seed: 3,
      layers: [.convolution("a", inputChannels: 1, outputChannels: 3, size: 4, isPooled: true)])
    for form in ONNXExport.Form.allCases {
      files.append(try ONNXExport(model, task: 0, traces: false).content(form))
    }
    files.append(TestGraph().content)
    files.append(try ONNXExport(ofAllTasks: model, traces: false).content(.integer))
    if case .real(let real) = try TestGraph().imported() {
      files.append(try FloatExport(real, task: 0, traces: false).content())
    }
    files += [QOperatorTests.Form.unsigned, .signed].map { QOperatorTests.graph($0).content }
    files.append(QOperatorTests.averaging(step: 1).content)
    return files
  }

  private func survives(_ content: Data) -> Bool {
    do {
      _ = try TestGraph.imported(content)
      return true
    } catch {
      #expect(error is ONNXError)
      #expect(!"\(error)".isEmpty && !"\(error)".contains("\n"))
      return false
    }
  }

  @Test func changedBytes() throws {
    var generator = SeededGenerator(seed: 1)
    var networks = 0
    for content in try Self.corpus() {
      for _ in 0..<500 {
        var changed = content
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
          let place = Int.random(in: 0..<changed.count, using: &generator)
          switch Int.random(in: 0..<4, using: &generator) {
          case 0: changed[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
          case 1: changed[place] = UInt8.random(in: 0...255, using: &generator)
          case 2: changed[place] = 0xff
          default:
            let end = min(changed.count, place + Int.random(in: 1...9, using: &generator))
            changed.replaceSubrange(place..<end, with: Data(repeating: 0xff, count: 9))
          }
        }
        if survives(changed) { networks += 1 }
      }
    }
    // Changed weights are a network still.
    #expect(networks > 100)
  }

  @Test func cutFiles() throws {
    for content in try Self.corpus() {
      for length in stride(from: 0, to: content.count, by: max(1, content.count / 150)) {
        // A cut may fall behind the graph.
        _ = survives(content.prefix(length))
      }
    }
  }

  /// Changes of what is said and not of how it is coded.
  @Test func changedMeaning() throws {
    var generator = SeededGenerator(seed: 2)
    let numbers: [Int64] = [
      -1, 0, 1, 2, 3, 7, 255, 65_536, 1 << 31, 1 << 40, .max, .min, -(1 << 40),
    ]
    for content in try Self.corpus() {
      let model = try ModelProto(serializedBytes: content)
      for _ in 0..<400 {
        var changed = model
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
          Self.change(&changed.graph, numbers, &generator)
        }
        _ = survives(try changed.serializedData())
      }
    }
  }

  private static func change(
    _ graph: inout GraphProto, _ numbers: [Int64], _ generator: inout SeededGenerator
  ) {
    let number = numbers.randomElement(using: &generator) ?? 0
    guard let node = graph.node.indices.randomElement(using: &generator),
      let tensor = graph.initializer.indices.randomElement(using: &generator)
    else { return }
    let names = graph.node.flatMap(\.output) + graph.initializer.map(\.name) + [""]
    switch Int.random(in: 0..<13, using: &generator) {
    case 0: graph.node.swapAt(node, graph.node.indices.randomElement(using: &generator) ?? 0)
    case 1: graph.node.remove(at: node)
    case 2: graph.node.append(graph.node[node])
    case 3:
      if let input = graph.node[node].input.indices.randomElement(using: &generator) {
        graph.node[node].input[input] = names.randomElement(using: &generator) ?? ""
      }
    case 4: graph.node[node].opType = Interpreter.operators.randomElement(using: &generator) ?? ""
    case 5: graph.node[node].attribute.removeAll()
    case 6:
      if let index = graph.node[node].attribute.indices.randomElement(using: &generator) {
        graph.node[node].attribute[index].i = number
        graph.node[node].attribute[index].ints =
          graph.node[node].attribute[index].ints.map { _ in number }
      }
    case 7: graph.initializer[tensor].dims = graph.initializer[tensor].dims.map { _ in number }
    case 8: graph.initializer[tensor].dims.append(number)
    case 9: graph.initializer[tensor].dataType = Int32(truncatingIfNeeded: number)
    case 10:
      if !graph.input[0].type.tensorType.shape.dim.isEmpty {
        let place =
          graph.input[0].type.tensorType.shape.dim.indices.randomElement(using: &generator) ?? 0
        graph.input[0].type.tensorType.shape.dim[place].dimValue = number
      }
    case 11:
      graph.node[node].opType =
        Interpreter.operatorsOfRuntime.randomElement(using: &generator) ?? ""
      graph.node[node].domain = "com.microsoft"
    default: graph.node[node].output = [names.randomElement(using: &generator) ?? ""]
    }
  }

  /// More messages than any network has, in two bytes each.
  @Test func manyEmptyMessages() throws {
    for (field, what) in [(0x0a, "nodes"), (0x2a, "tensors"), (0x5a, "inputs")] {
      let inner = Data((0..<300_000).flatMap { _ in [UInt8(field), 0] })
      var content = Data([0x3a])
      var length = inner.count
      while length >= 0x80 {
        content.append(UInt8(length & 0x7f | 0x80))
        length >>= 7
      }
      content.append(UInt8(length))
      content += inner
      let error = #expect(throws: ONNXError.self, "\(what)") { try TestGraph.imported(content) }
      #expect(
        error?.description
          == "M: the file holds more than 200000 nodes, attributes, tensors and names; networks that can be "
          + "imported have far fewer")
    }
  }

  /// A graph in an attribute in a graph, and so on.
  @Test func deepNesting() throws {
    var content = Data()
    for _ in 0..<5000 {
      var outer = Data([0x32])
      var length = content.count
      while length >= 0x80 {
        outer.append(UInt8(length & 0x7f | 0x80))
        length >>= 7
      }
      outer.append(UInt8(length))
      content = outer + content
    }
    #expect(throws: ONNXError.self) { try TestGraph.imported(content) }
  }

  /// safetensors too: of integers and of real numbers.
  @Test func changedTensors() throws {
    var generator = SeededGenerator(seed: 4)
    let layers: [Layer] = [
      .convolution("a", inputChannels: 1, outputChannels: 3, size: 4, isPooled: true)
    ]
    guard case .real(let real) = try TestGraph().imported() else { return }
    let files = [
      (try SyntheticModel.make(seed: 3, layers: layers).content(), false), (real.content(), true),
    ]
    for (content, isReal) in files {
      for _ in 0..<3000 {
        var changed = content
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
          // Most of what can be wrong is in the header.
          let place = Int.random(in: 0..<min(changed.count, 1200), using: &generator)
          switch Int.random(in: 0..<4, using: &generator) {
          case 0: changed[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
          case 1: changed[place] = UInt8(ascii: "9")
          case 2: changed.remove(at: place)
          default: changed.insert(UInt8.random(in: 32...126, using: &generator), at: place)
          }
        }
        do throws(NetworkError) {
          let file = try TensorFile(content: changed, path: "F")
          if isReal { _ = try FloatModel(file) } else { _ = try Model(file) }
        } catch {
          #expect(error.description.hasPrefix("F: "))
        }
      }
    }
  }
}
