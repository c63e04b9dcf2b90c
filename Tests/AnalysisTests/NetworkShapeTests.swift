import Foundation
import Testing

@testable import Networks
@testable import Programs

/// Networks by their shapes: built in, of files, and of SCALE-Sim's topologies.
@Suite struct NetworkShapeTests {
  /// Multiply-accumulates and weights without biases, of the published networks: what torchvision's
  /// models have less biases and normalizations, and for MobileNet the paper's 569 million.
  static let published: [(name: String, macs: Int, weights: Int)] = [
    ("vgg16-224", 15_470_264_320, 138_344_128), ("resnet18-224", 1_814_073_344, 11_678_912),
    ("mobilenetv1-224", 568_740_352, 4_209_088),
  ]

  @Test(arguments: published) func builtInNetworksAreThePublished(
    name: String, macs: Int, weights: Int
  ) throws {
    let network = try NetworkShape.load(name)
    let head = network.tasks[0].head!
    // The machine averages by multiplying at every position.
    let averaged = head.averages ? head.macs - head.weights : 0
    let layers = network.layers + [head]
    #expect(layers.reduce(0) { $0 + $1.macs } - averaged == macs)
    #expect(layers.reduce(0) { $0 + $1.weights } == weights)
    #expect(network.source.contains("arXiv"))
  }

  @Test func everyBuiltInNetworkLoads() throws {
    #expect(NetworkShape.builtIn.count == 5)
    for name in NetworkShape.builtIn {
      let network = try NetworkShape.load(name)
      #expect(network.name == name)
      #expect(network.modelOnlyReasons.isEmpty == name.hasPrefix("vgg16"))
    }
    let mobile = try NetworkShape.load("mobilenetv1-224")
    #expect(mobile.modelOnlyReasons.first == "layer dw1 has 32 groups")
    let residual = try NetworkShape.load("resnet18-224")
    #expect(
      residual.modelOnlyReasons.contains("layer layer2_0_shortcut does not take the layer before"))
  }

  /// A depthwise layer takes a column at a time.
  @Test func depthwiseLayersTakeOneColumn() throws {
    let layer = try NetworkShape.load("mobilenetv1-224").layers[1]
    let pass = PassGeometry(
      layer, on: try AcceleratorShape(), isFirst: false, isHead: false, order: .rows,
      runs: [.init(task: 0, images: 1)], thresholdForm: .exact, keepsResident: true)
    #expect(pass.blocks == 32 && pass.steps == 9 && pass.words == 9)
  }

  private static let file = """
    {"schema": "mimegen-network/1", "name": "n", "source": "s", "tasks": [{"name": "a", "classes": 3}],
     "layers": [{"name": "c", "kind": "conv", "cin": 2, "cout": 4, "size": [6, 8], "kernel": [3, 1],
       "padding": [1, 0]},
      {"name": "f", "kind": "fc", "cin": 4, "size": [6, 8], "cout": 5}], "head": "flatten"}
    """

  @Test func readsRectangularLayers() throws {
    let network = try NetworkShape(json: Self.file.utf8)
    #expect(network.layers[0].output == Extent(6, 8))
    #expect(network.layers[0].insideTaps == 8 * (6 * 3 - 2))
    #expect(network.tasks[0].head?.reduction == 5 && network.tasks[0].head?.outputChannels == 3)
    #expect(network.modelOnlyReasons == ["layer c is not square", "layer f is not square"])
  }

  /// A change of the file, and what is said of it.
  static let broken: [(String, String, String)] = [
    ("network/1", "network/2", "'schema' must be 'mimegen-network/1'"),
    ("\"source\": \"s\", ", "", "'source' is missing: a text that is not empty"),
    ("\"cin\": 2", "\"cin\": 0", "'layers[0].cin' must be a whole number from 1 to 16777216"),
    (
      "\"kernel\": [3, 1]", "\"kernel\": [3, 1, 1]",
      "'layers[0]': 'layers[0].kernel' must be one number, or [height, width]"
    ),
    (
      "\"kernel\": [3, 1]", "\"kernel\": 31",
      "'layers[0]': layer c has a kernel of 31 and a padded map of 8, which must be at least as large"
    ),
    ("\"kind\": \"fc\"", "\"kind\": \"lstm\"", "'layers[1]': 'layers[1].kind' must be conv or fc"),
    (
      "\"cin\": 4, ", "\"cin\": 3, ",
      "layer f takes 3 channels of size 6x8, but layer c gives 4 of size 6x8"
    ),
    (
      "\"name\": \"f\"", "\"name\": \"c\"",
      "'layers[1].name' must be another name than 'head' and those of the other layers"
    ),
    (
      "\"classes\": 3", "\"classes\": \"3\"",
      "'tasks[0].classes' must be a whole number from 1 to 16777216"
    ),
    ("\"head\": \"flatten\"", "\"head\": \"sum\"", "'head' must be flatten or average"),
    (
      "\"head\"", "\"heads\"",
      "'heads' is not known; there may be schema, name, source, notes, mode, tasks, layers, head, precision"
    ),
    ("{\"schema\"", "{{\"schema\"", "byte 1 is not '\"'"),
  ]

  @Test(arguments: broken) func brokenFilesAreRefused(from: String, to: String, sentence: String) {
    let text = Self.file.replacingOccurrences(of: from, with: to)
    #expect(text != Self.file)
    let error = #expect(throws: NetworkError.self) { try NetworkShape(json: text.utf8) }
    #expect(error?.description == sentence)
    // Cut anywhere, it is no network.
    for length in stride(from: 0, to: Self.file.utf8.count - 1, by: 17) {
      #expect(throws: NetworkError.self) { try NetworkShape(json: Self.file.utf8.prefix(length)) }
    }
  }

  private static let topology = """
    Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,
    Conv1, 227, 227, 11, 11, 3, 96, 4,

    Conv2, 31, 31, 5, 5, 96, 256, 1, 2,
    FC8, 1, 1, 1, 1, 4096, 1000, 1,
    """

  @Test func readsScaleSimTopologies() throws {
    let network = try NetworkShape(scaleSimTopology: Self.topology.utf8, name: "alexnet")
    #expect(network.layers.map(\.name) == ["Conv1", "Conv2"])
    #expect(network.layers[0].output == Extent(55) && network.layers[1].output == Extent(27, 14))
    #expect(network.tasks[0].head?.name == "FC8" && network.tasks[0].head?.macs == 4_096_000)
    #expect(!network.modelOnlyReasons.isEmpty)
  }

  static let brokenTopologies: [(String, String, String)] = [
    (
      "Layer name, IFMAP Height", "Layer name, 5",
      "line 1 is a layer; the first line must be the header that SCALE-Sim skips"
    ),
    (
      "Conv1, 227, 227, 11, 11, 3, 96, 4,", "Conv1, 227, 227, 11, 11, 3, 96",
      "line 2: there are 7 fields; there must be a name, input height and width, filter height and "
        + "width, channels, filters, and one stride or two"
    ),
    ("31, 31, 5", "31, x, 5", "line 4: field 3 is 'x' and must be a whole number above 0"),
    ("31, 31, 5", "31, 0, 5", "line 4: field 3 is '0' and must be a whole number above 0"),
    (
      "31, 31, 5", "31, 31, 33",
      "line 4: layer Conv2 has a kernel of 33x5 and a padded map of 31, which must be at least as large"
    ),
    ("Conv2", "Conv1", "line 4: there is a layer 'Conv1' above; names must differ"),
    ("Conv2,", ",", "line 4: the layer has no name"),
  ]

  @Test(arguments: brokenTopologies) func brokenTopologiesAreRefused(
    from: String, to: String, sentence: String
  ) {
    let text = Self.topology.replacingOccurrences(of: from, with: to)
    #expect(text != Self.topology)
    let error = #expect(throws: NetworkError.self) {
      try NetworkShape(scaleSimTopology: text.utf8, name: "n")
    }
    #expect(error?.description == sentence)
    for text in ["", "header, only\n"] {
      #expect(throws: NetworkError.self) {
        try NetworkShape(scaleSimTopology: text.utf8, name: "n")
      }
    }
  }

  @Test func gemmTopologiesAreRefused() {
    let error = #expect(throws: NetworkError.self) {
      try NetworkShape(scaleSimTopology: "Layer, M, N, K,\ng, 1, 2, 3,\n".utf8, name: "n")
    }
    #expect(
      error?.description
        == "line 1 is the header of a GEMM topology; a convolution topology is needed")
  }

  @Test func unknownNetworksAreRefused() {
    for (name, sentence) in [
      ("vgg19", "'vgg19' is no network; name one of vgg16-32, "),
      ("/none.json", "/none.json cannot be read"),
    ] {
      let error = #expect(throws: NetworkError.self) { try NetworkShape.load(name) }
      #expect(error?.description.hasPrefix(sentence) == true)
    }
  }
}
