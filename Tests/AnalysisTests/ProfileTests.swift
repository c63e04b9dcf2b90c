import Foundation
import Mapping
import Networks
import Testing

@testable import Cosimulation
@testable import Programs

/// Profiles of zeros, and accelerators that are only modelled.
@Suite struct ProfileTests {
  private static func profile(_ measured: Measured) -> SparsityProfile {
    SparsityProfile(
      measured.shape, measured.sparsity,
      rowShape: .init(
        rows: measured.network.shape.rows, wordChannels: measured.network.shape.placeChannels),
      provenance: .init(
        model: "m", vectors: "v",
        images: Dictionary(
          uniqueKeysWithValues: zip(measured.exact.tasks, measured.exact.images)),
        mode: "pipelined", batchSize: 1))
  }

  /// What was measured comes back out of a file to the last bit.
  @Test(arguments: 1...12) func filesKeepEverything(seed: UInt64) throws {
    let accelerator = try DrawnAccelerator.small(100 + seed)
    let shape = try AcceleratorShape(accelerator.parameters)
    for network in accelerator.networks {
      let measured = try Measured(network, on: shape, skips: true)
      let profile = Self.profile(measured)
      let read = try SparsityProfile(json: try profile.json())
      #expect(read == profile)
      #expect(try read.sparsity(of: measured.shape, on: shape) == measured.sparsity)
      var sizes = shape.sizes
      sizes.rows += 1
      let other = try read.sparsity(
        of: measured.shape, on: try AcceleratorShape(modelled: sizes))
      #expect(other.allSatisfy { $0.joint.isEmpty })
      #expect(other.map(\.tasks) == measured.sparsity.map(\.tasks))
    }
  }

  private static let file = """
    {"schema": "mimegen-sparsity/1", "provenance": {"model": "m", "vectors": "v"},
     "row_shape": {"rows": 4, "word_channels": 8},
     "layers": [{"name": "a", "tasks": {"t": {"zero_fraction": 0.5, "masked_fraction": 0.25}},
       "joint": [{"issued_fractions": {"t": 0.5},
         "groups": [{"rows": 4, "issued_fraction": 0.5, "histogram": [0, 2]}]}]}]}
    """

  static let broken: [(String, String, String)] = [
    ("sparsity/1", "sparsity/2", "'schema' must be 'mimegen-sparsity/1'"),
    (
      "0.5, \"masked", "1.5, \"masked",
      "'layers[0].tasks.t.zero_fraction' must be a number from 0 to 1"
    ),
    (
      "[0, 2]", "[0, 0]",
      "'layers[0].joint[0].groups[0].histogram' must be counts of words, one of them above 0"
    ),
    (
      "[0, 2]", "[0, -2]",
      "'layers[0].joint[0].groups[0].histogram[1]' must be a whole number from 0 to 1125899906842624"
    ),
    (
      "\"rows\": 4, \"issued", "\"rows\": 0, \"issued",
      "'layers[0].joint[0].groups[0].rows' must be a whole number from 1 to 1048576"
    ),
    (
      "\"row_shape\": {\"rows\": 4, \"word_channels\": 8},", "",
      "'row_shape' is missing: the shape of rows of the common zeros"
    ),
    (
      "masked_fraction", "mask",
      "'layers[0].tasks.t.mask' is not known; there may be zero_fraction, masked_fraction"
    ),
  ]

  @Test(arguments: broken) func brokenFilesAreRefused(from: String, to: String, sentence: String)
    throws
  {
    _ = try SparsityProfile(json: Data(Self.file.utf8))
    let text = Self.file.replacingOccurrences(of: from, with: to)
    #expect(text != Self.file)
    do {
      _ = try SparsityProfile(json: Data(text.utf8))
      Issue.record("it is read")
    } catch {
      #expect("\(error)" == sentence)
    }
  }

  /// A profile of other layers, and one without what an assumption needs.
  @Test func profilesOfOtherNetworksAreRefused() throws {
    let profile = try SparsityProfile(json: Data(Self.file.utf8))
    let network = try NetworkShape.load("vgg16-32")
    #expect(throws: ProgramFailure.self) {
      try profile.sparsity(of: network, on: try AcceleratorShape())
    }
    let plain = (0..<network.layerCount).map { _ in
      LayerSparsity(tasks: [.init(zeroFraction: 0.5)])
    }
    #expect(throws: ProgramFailure.self) { try StatisticalModel(network, plain, .mean) }
    let unknown = try StatisticalModel(
      network, plain.map { _ in LayerSparsity(tasks: [nil]) }, .independent)
    let workload = Workload([Batch(images: [BatchImage(task: 0, image: 0)])])
    let error = #expect(throws: ProgramFailure.self) {
      try unknown.counts(on: try AcceleratorShape(), workload, .init())
    }
    #expect(error?.description == "task task0 has no sparsity in layer conv1")
  }

  @Test func sizesAreTheVerilogs() throws {
    #expect(AcceleratorSizes().parameters == (try AcceleratorShape()).parameters)
    let accelerator = try DrawnAccelerator.small(5)
    let shape = try AcceleratorShape(accelerator.parameters)
    #expect(try AcceleratorShape(shape.parameters) == shape)
    #expect(accelerator.parameters.allSatisfy { shape.parameters[$0.key] == $0.value })
  }

  /// What the Verilog cannot hold is said.
  @Test func modelOnlyShapesSayWhy() throws {
    var sizes = AcceleratorSizes()
    #expect(try AcceleratorShape(modelled: sizes).modelOnlyReason == nil)
    sizes.weightBufferKB = nil
    let infinite = try AcceleratorShape(modelled: sizes)
    #expect(infinite.modelOnlyReason == "a buffer is infinite" && infinite.weightLines == .max)
    sizes = AcceleratorSizes()
    sizes.rows = 512
    let reason = try #require(try AcceleratorShape(modelled: sizes).modelOnlyReason)
    #expect(reason.contains("ROWS") && reason.contains("512"))
    sizes.rows = 0
    #expect(throws: ProgramFailure("ROWS is 0; the model takes 1 to 1048576")) {
      try AcceleratorShape(modelled: sizes)
    }
    let network = try NetworkShape.load("vgg16-224")
    let model = try StatisticalModel(
      network, (0..<network.layerCount).map { _ in LayerSparsity(tasks: [.init(zeroFraction: 0)]) },
      .independent)
    let workload = Workload([Batch(images: [BatchImage(task: 0, image: 0)])])
    #expect(
      model.modelOnlyReasons(on: try AcceleratorShape(), workload) == [
        "the activations of a batch of 1 do not fit the activation buffers"
      ])
  }
}
