import Foundation
import Golden
import Mapping
import Networks
import Testing

@testable import Cosimulation

/// Networks that average maps, through the accelerator's buses.
@Suite struct AveragingTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let skips: Bool
    let stalls: Double
    var keepsResident = true
    var testDescription: String {
      "\(skips ? "skipping" : "dense"), stalls \(stalls)\(keepsResident ? "" : ", streamed")"
    }

    static let all = [
      Case(skips: false, stalls: 0), Case(skips: true, stalls: 0),
      Case(skips: true, stalls: 0.3), Case(skips: true, stalls: 0.2, keepsResident: false),
    ]
  }

  private func run(
    model: String, vectors: String, images: Int, _ parameters: [String: Int], _ given: Case
  ) throws -> AcceleratorResult {
    var run = VerificationRequest(model: model, vectors: vectors)
    run.parameters = parameters.merging(["FEED_BANKS": 2, "AXI_DATA_WIDTH": 64]) { $1 }
    run.images = .first(images)
    run.stallProbability = given.stalls
    run.xSeed = 4711
    var request = AcceleratorRequest(run)
    request.skips = given.skips
    request.keepsResident = given.keepsResident
    return try AcceleratorVerification(AcceleratorPlan(request)).run()
  }

  /// More channels than a place holds, maps of several sizes, outputs in several blocks.
  @Test(arguments: Case.all, [Model.Mode.mime, .conventional])
  func allNumbersAndCountersAreExact(_ given: Case, mode: Model.Mode) throws {
    let model = try SyntheticModel.make(
      seed: 3,
      layers: [
        .convolution("conv1", inputChannels: 2, outputChannels: 9, size: 7, isPooled: true),
        .averaging("fc1", inputChannels: 9, size: 3, outputs: 7),
        .convolution("conv2", inputChannels: 7, outputChannels: 8, size: 1, padding: 2),
      ], classes: 5, mode: mode, headAverages: true)
    let images = 2
    let vectors = Vectors(
      tasks: model.tasks.indices.map {
        TaskVectors(images: SyntheticModel.images(for: model, count: images, seed: UInt64($0)))
      })
    let folder = FileManager.default.temporaryDirectory.path + "/mimegen-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try model.write(to: "\(folder)/model")
    try vectors.write(to: "\(folder)/vectors", for: model)
    let result = try run(
      model: "\(folder)/model", vectors: "\(folder)/vectors", images: images,
      ["ROWS": 3, "COLS": 4], given)
    #expect(result.failure == nil, "\(result.failure!)")
    let all = images * model.tasks.count
    #expect(result.layers[1].macs == all * 9 * 9 * 7)
    #expect(result.layers[3].macs == all * 9 * 8 * 5)
    #expect(result.compared == all * (9 * 9 + 7 + 9 * 8 + 5))
    #expect((result.layers[1].counted.total("mac.skipped") > 0) == given.skips)
  }

  @Test(arguments: [Case.all[0], Case.all[2]])
  func theDirectedNetworkIsExact(_ given: Case) throws {
    let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("golden/directed/average").path
    let result = try run(
      model: "\(golden).model.safetensors", vectors: "\(golden).vectors.safetensors", images: 12,
      ["ROWS": 3, "COLS": 5], given)
    #expect(result.failure == nil, "\(result.failure!)")
    #expect(result.compared > 0)
  }
}
