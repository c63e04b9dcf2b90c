import Foundation
import Testing

@testable import Networks

/// Model and vector files that cannot be used.
@Suite struct NetworkFileTests {
  static let names = [TinyNetwork.modelFile, TinyNetwork.vectorsFile]

  /// Expects that `name`, holding `data`, is refused with a sentence that begins so.
  private func expectRefused(
    _ name: String, holding data: Data, _ beginning: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try withNetwork { folder in
      try data.write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
      let outcome = try Program.run(
        TinyNetwork.arguments + ["--report", "report.json"], in: folder)
      #expect(outcome.status == 2, sourceLocation: sourceLocation)
      #expect(
        outcome.errors.hasPrefix("Error: \(name): \(beginning)"), "\(outcome.errors)",
        sourceLocation: sourceLocation)
      #expect(outcome.errors.split(separator: "\n").count == 1, sourceLocation: sourceLocation)
      #expect(outcome.output == "", sourceLocation: sourceLocation)
      #expect(try CommandTests.names(in: folder) == Self.names, sourceLocation: sourceLocation)
    }
  }

  private func content(_ name: String) throws -> (data: Data, header: Int) {
    try withNetwork { folder in
      let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
      return (data, data[..<8].reversed().reduce(0) { $0 << 8 | Int($1) })
    }
  }

  @Test(arguments: names) func refusesATruncatedFile(name: String) throws {
    let (data, header) = try content(name)
    for count in [0, 7] {
      try expectRefused(
        name, holding: data.prefix(count),
        "the file has \(count) bytes; a safetensors file starts with 8 bytes of header length\n")
    }
    for count in [8, 9, header, header + 7] {
      try expectRefused(
        name, holding: data.prefix(count),
        "the header length is \(header) bytes, but \(count - 8) follow: the file is truncated or "
          + "no safetensors file\n")
    }
    for count in [header + 8, data.count - 1] {
      try expectRefused(name, holding: data.prefix(count), "tensor '")
    }
    let last = name == TinyNetwork.modelFile ? "task.task1.head.bias" : "logits.task1"
    let held = data.count - header - 8
    try expectRefused(
      name, holding: data.dropLast(),
      "tensor '\(last)' ends at byte \(held) of the data, but the file holds \(held - 1): it is "
        + "truncated\n")
  }

  @Test(arguments: names) func refusesAWrongHeaderLength(name: String) throws {
    let (data, header) = try content(name)
    func with(length: UInt64) -> Data {
      Data(withUnsafeBytes(of: length.littleEndian, Array.init)) + data.dropFirst(8)
    }
    for length in [0, 1, header / 2, header + 16] {
      try expectRefused(name, holding: with(length: UInt64(length)), "the header is not JSON: ")
    }
    for length in [UInt64(data.count - 7), .max] {
      try expectRefused(
        name, holding: with(length: length),
        "the header length is \(length) bytes, but \(data.count - 8) follow: the file is truncated "
          + "or no safetensors file\n")
    }
  }

  @Test(arguments: names) func refusesBytesBehindTheTensors(name: String) throws {
    let (data, header) = try content(name)
    let held = data.count - header - 8
    try expectRefused(
      name, holding: data + [0],
      "the tensors end at byte \(held) of the data, but the file holds \(held + 1); nothing may "
        + "follow them\n")
  }

  @Test(arguments: names) func refusesAnotherFormat(name: String) throws {
    let text = Data("module mime_core; endmodule".utf8)
    try expectRefused(
      name, holding: text, "the header length is \(0x6D20_656C_7564_6F6D) bytes, but 19 follow: ")
  }

  @Test(arguments: [
    ("none", "none: there is no such file; a safetensors file is expected"),
    ("", ": there is no such file; a safetensors file is expected"),
    (".", ".: this is a folder; a safetensors file is expected"),
  ]) func refusesAFileThatIsNotThere(path: String, sentence: String) throws {
    try withNetwork { folder in
      for option in ["--model", "--vectors"] {
        expectRefusal(
          try Program.run(TinyNetwork.arguments + [option, path], in: folder), sentence)
      }
    }
  }

  // MARK: Tensors

  /// A tensor in place of the one of its name; nil drops it.
  private func model(_ name: String, _ change: (Tensor) -> Tensor?) throws -> Data {
    let model = try TinyNetwork().model
    return TensorFile.content(
      model.tensors.compactMap { $0.name == name ? change($0) : $0 }, metadata: model.metadata)
  }

  @Test(arguments: [
    ("parent.conv1.bias", "[4]"), ("parent.conv1.weight", "[4, 1, 3, 3]"),
    ("task.task1.fc1.threshold", "[5]"), ("task.task0.head.weight", "[3, 5]"),
    ("task.task0.head.bias", "[classes]"),
  ]) func refusesAModelWithoutATensor(name: String, shape: String) throws {
    try expectRefused(
      TinyNetwork.modelFile, holding: try model(name) { _ in nil },
      "there is no tensor '\(name)' of shape \(shape)\n")
  }

  @Test(arguments: [
    ("parent.conv1.bias", [2, 2], "[4]"), ("parent.conv1.weight", [4, 3, 3], "[4, 1, 3, 3]"),
    ("task.task1.conv1.threshold", [4, 16], "[4, 4, 4]"),
    ("task.task0.head.weight", [5, 3], "[3, 5]"),
  ]) func refusesAModelWithAnotherShape(name: String, shape: [Int], expected: String) throws {
    let data = try model(name) {
      Tensor(name: $0.name, types: [$0.type], shape: shape, values: $0.values)
    }
    try expectRefused(
      TinyNetwork.modelFile, holding: data,
      "tensor '\(name)' has shape \(shape) and must have \(expected)\n")
  }

  @Test(arguments: [
    ("parent.conv1.weight", ElementType.int64, "I8, I16, I32"),
    ("parent.conv1.shift", .int32, "U8"), ("parent.fc1.mult", .int64, "U8, U16, U32"),
  ]) func refusesAModelWithAnotherType(name: String, type: ElementType, expected: String) throws {
    let data = try model(name) {
      Tensor(name: $0.name, types: [type], shape: $0.shape, values: $0.values)
    }
    try expectRefused(
      TinyNetwork.modelFile, holding: data,
      "tensor '\(name)' is of type \(type.rawValue) and must be \(expected)\n")
  }

  @Test func refusesAModelAsVectorsAndVectorsAsAModel() throws {
    let vectors = try content(TinyNetwork.vectorsFile).data
    try expectRefused(TinyNetwork.modelFile, holding: vectors, "there is no tensor ")
    let model = try content(TinyNetwork.modelFile).data
    try expectRefused(TinyNetwork.vectorsFile, holding: model, "there are no images; ")
  }

  // MARK: Vectors

  static let pixels = [Int32](repeating: 1, count: 48)

  @Test(arguments: [
    (
      [Tensor(name: "x.task0", types: [.uint8], shape: [3, 16], values: pixels)],
      "tensor 'x.task0' has shape [3, 16], but layer conv1 takes images of shape [1, 4, 4]"
    ),
    (
      [Tensor(name: "x.task9", types: [.uint8], shape: [3, 1, 4, 4], values: pixels)],
      "tensor 'x.task9' is of task 'task9', but the model's tasks are task0, task1"
    ),
    (
      [
        Tensor(
          name: "x.task0", types: [.uint16], shape: [3, 1, 4, 4], values: pixels.map { $0 * 256 })
      ], "tensor 'x.task0' holds 256, but u8 images hold 0 to 255"
    ),
    (
      [Tensor(name: "label.task1", types: [.uint8], shape: [3], values: [0, 1, 2])],
      "there is a tensor 'label.task1', but no images 'x.task1'"
    ),
    (
      [
        Tensor(name: "x.task0", types: [.uint8], shape: [3, 4, 4], values: pixels),
        Tensor(name: "label.task0", types: [.uint8], shape: [3], values: [0, 1, 3]),
      ], "tensor 'label.task0' holds 3, but labels are 0 to 2"
    ),
    (
      [
        Tensor(name: "x.task0", types: [.uint8], shape: [3, 4, 4], values: pixels),
        Tensor(name: "label.task0", types: [.uint8], shape: [2], values: [0, 1]),
      ], "tensor 'label.task0' has shape [2] and must have [3]"
    ),
    (
      [
        Tensor(name: "x.task0", types: [.uint8], shape: [3, 4, 4], values: pixels),
        Tensor(name: "logits.task0", types: [.uint8], shape: [3, 3], values: pixels.prefix(9)),
      ], "tensor 'logits.task0' is of type U8 and must be I8, I16, I32, I64"
    ),
  ]) func refusesVectorsThatDoNotFit(tensors: [Tensor], sentence: String) throws {
    try expectRefused(
      TinyNetwork.vectorsFile, holding: TensorFile.content(tensors, metadata: [:]),
      sentence + "\n")
  }

  // MARK: Accumulator

  /// Two layers of one weight each, whose sums for any input can be told by hand.
  private func model(weight: Int32, headBias: Int64) throws -> TinyNetwork {
    var network = try TinyNetwork()
    let format = ActivationFormat(width: 8, isSigned: false)
    let hidden = LayerParameters(
      weights: [weight], bias: [0], multipliers: [1], shifts: [0], thresholds: [0])
    let head = LayerParameters(weights: [1], bias: [headBias])
    network.model = try Model(
      layers: [.fullyConnected("fc1", inputs: 1, outputs: 1)],
      heads: [.fullyConnected("head", inputs: 1, outputs: 1)], tasks: ["only"], mode: .mime,
      input: format, activation: format, clamp: 0...255, rounding: .halfEven,
      parameters: [[hidden, head]], hasThresholds: [true])
    network.vectors = Vectors(tasks: [TaskVectors(images: [[1], [2]])])
    return network
  }

  /// 255 * -128 = -32 640 takes 16 bits, and 255 + bias as many as it says.
  @Test(
    arguments: [
      (-128, 0x7FFF_FFFF - 254, [], "the head", 33, 32),
      (-128, -0x8000_0001, [], "the head", 33, 32),
      (127, 0x1_0000, ["--acc-width", "17"], "the head", 18, 17),
      (127, 0xFFFF, ["--acc-width", "17"], "the head", 18, 17),
    ] as [(Int32, Int64, [String], String, Int, Int)])
  func refusesAnAccumulatorThatOverflows(
    weight: Int32, bias: Int64, options: [String], layer: String, needed: Int, width: Int
  ) throws {
    try withNetwork(try model(weight: weight, headBias: bias)) { folder in
      expectRefusal(
        try Program.run(TinyNetwork.arguments + options, in: folder),
        "the worst case of \(layer) needs an accumulator of \(needed) bits, but it has \(width); "
          + "the model needs \(needed)")
    }
  }
}
