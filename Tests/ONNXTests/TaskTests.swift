import Foundation
import Golden
import Networks
import Testing

@testable import ONNX

/// Networks of several tasks: a graph for each, or one that selects.
@Suite struct TaskTests {
  /// Writes graphs and imports them as tasks a, b and so on.
  private func imported(_ graphs: [TestGraph], _ options: ImportOptions = ImportOptions()) throws
    -> ONNXImport.Network
  {
    try withFolder { folder in
      var sources: [ONNXImport.Source] = []
      for (graph, name) in zip(graphs, ["a", "b", "c"]) {
        let path = "\(folder)/\(name).onnx"
        try graph.content.write(to: URL(fileURLWithPath: path))
        sources.append(.init(task: name, path: path))
      }
      do {
        return try ONNXImport(sources, options: options).network
      } catch {
        throw ONNXError("\(error)".replacing("\(folder)/", with: ""))
      }
    }
  }

  private var other: TestGraph {
    var graph = TestGraph()
    graph.constant("t1", [2, 1, 1], [0.5, -0.25])
    graph.constant("w3", [3, 4], (0..<12).map { Float($0) })
    graph.constant("b3", [4], [0, 0, 0, 1])
    graph.model.graph.output = [TestGraph.value("logits", .float32, [nil, 4])]
    return graph
  }

  private var relu: TestGraph {
    var graph = TestGraph()
    graph.model.graph.node.removeAll { $0.name == "compare1" }
    graph.replace("where1", by: [TestGraph.node("Relu", ["y1"], "a1", name: "relu")])
    return graph
  }

  @Test func graphsThatShareWeights() throws {
    guard case .real(let model) = try imported([TestGraph(), other, relu]) else { return }
    #expect(model.tasks == ["a", "b", "c"] && model.mode == .mime)
    #expect((0..<3).map { model.hasThresholds(task: $0) } == [true, true, false])
    #expect((0..<3).map { model.head(of: $0).outputChannels } == [2, 4, 2])
    let thresholds = (0..<3).map { model.parameters(ofLayer: 0, task: $0).thresholds }
    #expect(thresholds[0] == (0..<32).map { Float($0) / 32 })
    #expect(thresholds[1] == (0..<32).map { $0 < 16 ? 0.5 : -0.25 })
    #expect(thresholds[2] == Array(repeating: 0, count: 32))
  }

  @Test func graphsWithWeightsOfTheirOwn() throws {
    var changed = relu
    changed.tensor("w2") { $0.floatData[5] += 1 }
    guard case .real(let model) = try imported([relu, changed]) else { return }
    #expect(model.mode == .conventional && !model.hasThresholds(task: 0))
    #expect(
      model.parameters(ofLayer: 1, task: 0).weights != model.parameters(ofLayer: 1, task: 1).weights
    )
  }

  @Test func whatDoesNotGoTogether() {
    func message(_ graphs: [TestGraph]) -> String? {
      do {
        _ = try imported(graphs)
        return nil
      } catch {
        return "\(error)"
      }
    }
    var changed = other
    changed.tensor("b1") { $0.floatData[1] = 7 }
    #expect(
      message([TestGraph(), changed])
        == "b.onnx: the biases of layer conv1 of task b differ from those of task a, first at 1: 7.0 and -0.5; "
        + "tasks with thresholds share them")
    var strided = relu
    strided.change("conv1") {
      $0.attribute = TestGraph.node("", [], "", ["pads": [2, 2, 2, 2]]).attribute
    }
    strided.constant("w2", [18, 3], Array(repeating: 1, count: 54))
    #expect(
      message([relu, strided])
        == "b.onnx: layer conv1 has another geometry than layer conv1 of a.onnx")
    var shallow = relu
    shallow.model.graph.node.removeAll { ["fc1", "relu1"].contains($0.name) }
    shallow.change("head1") { $0.input = ["f1", "w2", "b2"] }
    #expect(
      message([relu, shallow]) == "b.onnx: the network has 1 hidden layers, and that of a.onnx 2")
  }

  /// Thresholds and the head are taken by the number of the task.
  private var selecting: TestGraph {
    var graph = TestGraph()
    graph.model.graph.input.append(TestGraph.value("task", .int64, []))
    graph.constant("t", [3, 2, 4, 4], (0..<96).map { Float($0) })
    graph.constant("w", [3, 3, 2], (0..<18).map { Float($0) })
    graph.constant("b", [3, 2], (0..<6).map { Float($0) })
    graph.model.graph.node.insert(
      contentsOf: [
        TestGraph.node("Gather", ["t", "task"], "own_t", name: "thresholds"),
        TestGraph.node("Gather", ["w", "task"], "own_w"),
        TestGraph.node("Gather", ["b", "task"], "own_b"),
      ], at: 0)
    graph.change("compare1") { $0.input = ["y1", "own_t"] }
    graph.change("head1") { $0.input = ["a2", "own_w", "own_b"] }
    return graph
  }

  @Test func aGraphThatSelects() throws {
    for isList in [false, true] {
      var graph = selecting
      if isList {
        // One number in a list: heads are flattened.
        graph.model.graph.input[1] = TestGraph.value("task", .int64, [1])
        graph.model.graph.node.insert(
          TestGraph.node("Squeeze", ["task"], "number"), at: 0)
        for index in 1...3 { graph.model.graph.node[index].input[1] = "number" }
      }
      guard case .real(let model) = try graph.imported() else { return }
      #expect(model.tasks == ["task0", "task1", "task2"] && model.mode == .mime)
      for task in 0..<3 {
        let start = Float(task * 32)
        #expect(
          model.parameters(ofLayer: 0, task: task).thresholds == (0..<32).map { start + Float($0) })
        #expect(
          model.parameters(ofLayer: 2, task: task).bias == [Float(task * 2), Float(task * 2 + 1)])
        // Transposed.
        #expect(model.parameters(ofLayer: 2, task: task).weights[1] == Float(task * 6 + 2))
      }
    }
  }

  @Test func aGraphThatSelectsOfDifferentNumbers() {
    var graph = selecting
    graph.constant("b", [2, 2], [0, 0, 0, 0])
    let error = #expect(throws: ONNXError.self) { try graph.imported() }
    #expect(
      error?.description
        == "M: node 2 (Gather) selects one of 2 tasks, and a node before it one of 3")
  }

  @Test func externalData() throws {
    try withFolder { folder in
      var graph = TestGraph()
      var data = Data(repeating: 7, count: 16)
      graph.tensor("w2") { tensor in
        for value in tensor.floatData {
          withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
        }
        (tensor.floatData, tensor.dataLocation) = ([], 1)
        tensor.externalData = [("location", "w.bin"), ("offset", "16"), ("length", "96")].map {
          pair in
          .with { ($0.key, $0.value) = pair }
        }
      }
      let path = "\(folder)/m.onnx"
      try graph.content.write(to: URL(fileURLWithPath: path))
      func message() -> String {
        do {
          _ = try ONNXImport([.init(path: path)])
          return "none"
        } catch {
          return "\(error)".replacing(folder, with: "F")
        }
      }
      #expect(
        message() == "F/m.onnx: F/w.bin: there is no such file; the data of tensor 'w2' is expected"
      )
      try data.prefix(100).write(to: URL(fileURLWithPath: "\(folder)/w.bin"))
      #expect(
        message() == "F/m.onnx: tensor 'w2' has 96 bytes from 16 on in 'w.bin', which has 100")
      try data.write(to: URL(fileURLWithPath: "\(folder)/w.bin"))
      guard case .real(let model) = try ONNXImport([.init(path: path)]).network,
        case .real(let given) = try TestGraph().imported()
      else { return }
      #expect(
        model.parameters(ofLayer: 1, task: 0).weights
          == given.parameters(ofLayer: 1, task: 0).weights)
      // A link out of the folder.
      try FileManager.default.removeItem(atPath: "\(folder)/w.bin")
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/w.bin", withDestinationPath: "/etc/passwd")
      #expect(
        message()
          == "F/m.onnx: tensor 'w2' has its data in 'w.bin', which leads out of the folder of the model"
      )
    }
  }
}
