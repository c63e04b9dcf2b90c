import Images
import Networks
import Testing

/// Images and labels as a network takes them.
@Suite struct NetworkImageTests {
  static func network(_ layer: Layer, input: String = "u8") throws -> Model {
    try SyntheticModel.make(
      seed: 1, layers: [layer], tasks: 1, classes: 3, input: #require(ActivationFormat(input)))
  }

  static let gray = Layer.convolution("a", inputChannels: 1, outputChannels: 1, size: 3)
  static let colour = Layer.convolution("a", inputChannels: 3, outputChannels: 1, size: 2)
  static let dense = Layer.fullyConnected("a", inputs: 6, outputs: 1)

  struct Case: CustomTestStringConvertible {
    let layer: Layer
    let dimensions: [Int]
    /// Of each image; nil where they do not fit.
    let images: Int?
    var pads = false
    var testDescription: String { "\(layer.inputChannels)x\(layer.size): \(dimensions)" }
  }

  @Test(arguments: [
    Case(layer: gray, dimensions: [2, 3, 3], images: 2),
    Case(layer: gray, dimensions: [2, 1, 3, 3], images: 2),
    Case(layer: gray, dimensions: [3, 3], images: 1),
    Case(layer: gray, dimensions: [2, 3, 3, 3], images: nil),
    Case(layer: gray, dimensions: [9], images: nil),
    Case(layer: gray, dimensions: [2, 2, 3], images: nil),
    Case(layer: gray, dimensions: [2, 2, 3], images: 2, pads: true),
    Case(layer: gray, dimensions: [2, 4, 3], images: nil, pads: true),
    Case(layer: gray, dimensions: [0, 3, 3], images: nil),
    Case(layer: colour, dimensions: [4, 3, 2, 2], images: 4),
    Case(layer: colour, dimensions: [3, 2, 2], images: 1),
    Case(layer: colour, dimensions: [4, 2, 2], images: nil),
    Case(layer: dense, dimensions: [5, 6], images: 5),
    Case(layer: dense, dimensions: [5, 1, 2, 3], images: 5),
    Case(layer: dense, dimensions: [2, 3], images: 1),
    Case(layer: dense, dimensions: [6], images: 1),
    Case(layer: dense, dimensions: [5, 7], images: nil),
  ]) func shapes(_ given: Case) throws {
    let count = given.dimensions.reduce(1, *)
    let bytes = ImageBytes.idx(given.dimensions, (0..<count).map { UInt8($0 % 251) })
    let array = try ImageFile.read(bytes, channels: 1)
    let network = try Self.network(given.layer)
    func images(limit: Int = .max) throws -> [[Int32]] {
      try array.images(for: network, path: "F", pads: given.pads, limit: limit)
    }
    guard let expected = given.images else {
      #expect(throws: ImageError.self) { try images() }
      return
    }
    let found = try images()
    #expect(found.count == expected && found.allSatisfy { $0.count == given.layer.inputCount })
    if !given.pads { #expect(found.flatMap { $0 } == array.values) }
    #expect(try images(limit: 1) == Array(found.prefix(1)))
  }

  @Test func padding() throws {
    let array = try ImageFile.read(ImageBytes.idx([1, 2, 1], [5, 6]), channels: 1)
    let images = try array.images(for: Self.network(Self.gray), path: "F", pads: true)
    #expect(images == [[0, 5, 0, 0, 6, 0, 0, 0, 0]])
  }

  @Test(arguments: [
    (
      [1, 2, 3], false,
      "its images are 2 x 3, but the network takes 3 x 3; --pad puts zeros around them"
    ),
    ([1, 4, 4], true, "its images are 4 x 4, but the network takes 3 x 3"),
    ([4], false, "it has dimensions [4], but the network takes [images, 1, 3, 3]"),
  ]) func refusedShapes(dimensions: [Int], pads: Bool, message: String) throws {
    let bytes = ImageBytes.idx(dimensions, [UInt8](repeating: 0, count: dimensions.reduce(1, *)))
    let array = try ImageFile.read(bytes, channels: 1)
    let network = try Self.network(Self.gray)
    let error = #expect(throws: ImageError.self) {
      try array.images(for: network, path: "F", pads: pads)
    }
    #expect(error?.description == "F: \(message)")
  }

  @Test func valuesOutsideTheFormat() throws {
    let array = try ImageFile.read(ImageBytes.idx([6], [1, 2, 3, 15, 16, 0]), channels: 1)
    let network = try Self.network(Self.dense, input: "u4")
    let error = #expect(throws: ImageError.self) { try array.images(for: network, path: "F") }
    #expect(
      error?.description == "F: it holds 16, but the network's images (u4) hold 0 to 15")
  }

  @Test func labels() throws {
    let array = try ImageFile.read(ImageBytes.idx([3], [2, 0, 1]), channels: 1)
    #expect(try array.labels(count: 3, classes: 3, path: "F") == [2, 0, 1])
    for (count, classes, message) in [
      (4, 3, "it has 3 labels for 4 images"),
      (3, 2, "it holds 2, but the task's classes are 0 to 1"),
    ] {
      let error = #expect(throws: ImageError.self) {
        try array.labels(count: count, classes: classes, path: "F")
      }
      #expect(error?.description == "F: \(message)")
    }
    let map = try ImageFile.read(ImageBytes.idx([1, 1], [0]), channels: 1)
    let error = #expect(throws: ImageError.self) {
      try map.labels(count: 1, classes: 1, path: "F")
    }
    #expect(error?.description == "F: it has dimensions [1, 1], but labels have one")
  }
}
