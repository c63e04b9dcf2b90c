import Foundation
import Testing

@testable import Networks

/// Vectors are read as they were written, and each way in which they can be wrong has its message.
@Suite struct VectorLoadTests {
  static let layers: [Layer] = [
    .convolution("conv1", inputChannels: 1, outputChannels: 2, size: 2, isPooled: true),
    .fullyConnected("fc1", inputs: 2, outputs: 3),
  ]

  struct Case: Sendable, CustomTestStringConvertible {
    let tensors: [Tensor]
    let message: String
    var testDescription: String { message }
  }

  static func tensor(
    _ name: String, _ shape: [Int], _ type: ElementType = .uint8, value: Int64 = 0
  ) -> Tensor {
    let values = Array(repeating: value, count: shape.reduce(1, *))
    return Tensor(name: name, types: [type], shape: shape, values: values)
  }

  static let images = tensor("x.task0", [2, 2, 2])

  static let cases = [
    Case(tensors: [], message: "there are no images; task task0 has its own in 'x.task0'"),
    Case(
      tensors: [images, tensor("x.other", [2, 2, 2])],
      message: "tensor 'x.other' is of task 'other', but the model's tasks are task0, task1"),
    Case(
      tensors: [images, tensor("logits.task1", [2, 3], .int32)],
      message: "there is a tensor 'logits.task1', but no images 'x.task1'"),
    Case(
      tensors: [images, tensor("label.task0.more", [2])],
      message: "tensor 'label.task0.more' must be named label.TASK"),
    Case(
      tensors: [images, tensor("trace.task0.acc", [2])],
      message: "tensor 'trace.task0.acc' must be named trace.TASK.LAYER.LEVEL"),
    Case(
      tensors: [images, tensor("trace.task0.fc9.acc", [2])],
      message: "tensor 'trace.task0.fc9.acc' is of layer 'fc9', but the model's layers are conv1, "
        + "fc1"),
    Case(
      tensors: [images, tensor("trace.task0.fc1.sum", [2, 3])],
      message: "tensor 'trace.task0.fc1.sum' is of level 'sum' and must be of acc, mask, act"),
    Case(
      tensors: [tensor("x.task0", [2, 3, 3])],
      message: "tensor 'x.task0' has shape [2, 3, 3], but layer conv1 takes images of shape [1, 2, "
        + "2]"),
    Case(
      tensors: [tensor("x.task0", [4])],
      message: "tensor 'x.task0' has shape [4], but layer conv1 takes images of shape [1, 2, 2]"),
    Case(
      tensors: [tensor("x.task0", [1, 2, 2], .int16, value: 256)],
      message: "tensor 'x.task0' holds 256, but u8 images hold 0 to 255"),
    Case(
      tensors: [tensor("x.task0", [1, 2, 2], .int16, value: -1)],
      message: "tensor 'x.task0' holds -1, but u8 images hold 0 to 255"),
    Case(
      tensors: [images, tensor("label.task0", [3])],
      message: "tensor 'label.task0' has shape [3] and must have [2]"),
    Case(
      tensors: [images, tensor("label.task0", [2], value: 3)],
      message: "tensor 'label.task0' holds 3, but labels are 0 to 2"),
    Case(
      tensors: [images, tensor("logits.task0", [2, 4], .int32)],
      message: "tensor 'logits.task0' has shape [2, 4] and must have [2, 3]"),
    Case(
      tensors: [images, tensor("logits.task0", [2, 3], .uint32)],
      message: "tensor 'logits.task0' is of type U32 and must be I8, I16, I32, I64"),
    Case(
      tensors: [images, tensor("trace.task0.fc1.acc", [3, 3], .int32)],
      message: "tensor 'trace.task0.fc1.acc' traces 3 images, but 'x.task0' has 2"),
    Case(
      tensors: [
        images, tensor("trace.task0.conv1.acc", [2, 2, 2, 2], .int32),
        tensor("trace.task0.conv1.mask", [1, 2, 2, 2]),
      ],
      message: "tensor 'trace.task0.conv1.mask' has shape [1, 2, 2, 2] and must have [2, 2, 2, 2]"),
    Case(
      tensors: [images, tensor("trace.task0.fc1.mask", [1, 3], value: 2)],
      message: "tensor 'trace.task0.fc1.mask' holds 2, but a mask is 0 or 1"),
  ]

  private func model(_ layers: [Layer] = layers) throws -> Model {
    try SyntheticModel.make(seed: 1, layers: layers)
  }

  private func load(_ tensors: [Tensor], for model: Model) throws -> Vectors {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("\(UUID().uuidString).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try TensorFile.write(tensors, metadata: [:], to: path)
    do {
      return try Vectors.load(path, for: model)
    } catch {
      throw NetworkError(error.description.replacing(path, with: "F"))
    }
  }

  @Test(arguments: cases) func wrongVectors(_ given: Case) throws {
    let model = try model()
    let error = #expect(throws: NetworkError.self) { try load(given.tensors, for: model) }
    #expect(error?.description == "F: \(given.message)")
  }

  @Test func vectorsAreReadAsWritten() throws {
    let model = try model()
    let images: [[Int32]] = [[1, 2, 3, 255], [5, 6, 7, 8]]
    let trace = [
      LayerTrace(
        accumulators: [-1, 2, -3, 4, 5, 6, 7, 8],
        mask: [true, false, true, false, false, true, true, false],
        activations: [9, 8, 7, 6, 5, 4, 3, 2]),
      LayerTrace(accumulators: [1 << 40, -2, 3], mask: nil, activations: nil),
    ]
    let given = TaskVectors(
      images: images, labels: [2, 0], logits: [[1, -2, 3], [4, 5, -600]], traces: [trace])
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("\(UUID().uuidString).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Vectors(tasks: [TaskVectors(), given]).write(to: path, for: model)
    let read = try Vectors.load(path, for: model)
    #expect(read.tasks[0].images.isEmpty && read.tasks[0].labels == nil)
    #expect(read.tasks[1].images == images)
    #expect(read.tasks[1].labels == given.labels)
    #expect(read.tasks[1].logits == given.logits)
    #expect(read.tasks[1].traces.count == 1)
    for (a, b) in zip(read.tasks[1].traces[0], trace) {
      #expect(a.accumulators == b.accumulators && a.mask == b.mask)
      #expect(a.activations == b.activations)
    }
  }

  struct Shape: CustomTestStringConvertible {
    let layers: [Layer]
    let image: [Int]
    var testDescription: String { "\(image) for \(layers[0].kind)" }
  }

  /// One channel may be left out, and a fully connected layer flattens what it is given.
  @Test(arguments: [
    Shape(layers: layers, image: [2, 2]), Shape(layers: layers, image: [1, 2, 2]),
    Shape(layers: [.fullyConnected("fc1", inputs: 4, outputs: 1)], image: [4]),
    Shape(layers: [.fullyConnected("fc1", inputs: 4, outputs: 1)], image: [2, 2]),
  ])
  func imageShapes(_ given: Shape) throws {
    let values: [Int64] = Array(1...8)
    let tensor = Tensor(
      name: "x.task1", types: [.int16], shape: [2] + given.image, values: values)
    let vectors = try load([tensor], for: model(given.layers))
    #expect(vectors.tasks[1].images == [[1, 2, 3, 4], [5, 6, 7, 8]])
  }
}
