import Foundation
import Golden
import Networks
import Testing

/// Both paths of the golden model reproduce every number of the directed networks, which
/// scripts/directed.py computes in Python's integers and fractions.
@Suite struct DirectedVectorTests {
  struct Case: CustomTestStringConvertible {
    let name: String
    let rounding: Rounding
    let tasks: Int
    var images = 12
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "average", rounding: .halfEven, tasks: 2),
    Case(name: "conventional", rounding: .halfEven, tasks: 2),
    Case(name: "k1", rounding: .halfEven, tasks: 2, images: 16),
    Case(name: "kernel2", rounding: .halfUp, tasks: 2),
    Case(name: "kernel5", rounding: .halfEven, tasks: 2),
    Case(name: "kernel7", rounding: .halfEven, tasks: 2),
    Case(name: "padding", rounding: .halfEven, tasks: 2),
    Case(name: "s16", rounding: .halfEven, tasks: 2),
    Case(name: "s24", rounding: .halfEven, tasks: 2),
    Case(name: "s8", rounding: .halfEven, tasks: 2),
    Case(name: "s8-floor", rounding: .floor, tasks: 2),
    Case(name: "s8-half-away", rounding: .halfAway, tasks: 2),
    Case(name: "s8-half-up", rounding: .halfUp, tasks: 2),
    Case(name: "s8-toward-zero", rounding: .towardZero, tasks: 2),
    Case(name: "shift", rounding: .halfEven, tasks: 2),
    Case(name: "s8-shift", rounding: .halfEven, tasks: 2),
    Case(name: "u8", rounding: .halfEven, tasks: 3),
  ]

  @Test func everyNetworkOfTheFolderIsHere() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Fixtures.path("directed"))
    #expect(
      files.sorted()
        == Self.cases.flatMap {
          ["\($0.name).model.safetensors", "\($0.name).vectors.safetensors"]
        }.sorted())
  }

  @Test(arguments: cases) func bothPathsEqualEveryTrace(_ given: Case) throws {
    let path = Fixtures.path("directed/\(given.name)")
    let model = try Model.load("\(path).model.safetensors")
    let vectors = try Vectors.load("\(path).vectors.safetensors", for: model)
    #expect(model.rounding == given.rounding)
    #expect(
      vectors.tasks.map(\.traces.count) == Array(repeating: given.images, count: given.tasks))
    let golden = try GoldenModel(model)
    for (task, expected) in vectors.tasks.enumerated() {
      let logits = try #require(expected.logits)
      let labels = try #require(expected.labels)
      for (image, values) in expected.images.enumerated() {
        for inference in [
          golden.infer(values, task: task), golden.inferExactly(values, task: task),
        ] {
          let place: Comment = "task \(model.tasks[task]), image \(image)"
          #expect(inference.logits == logits[image], place)
          #expect(inference.prediction == labels[image], place)
          for (result, trace) in zip(inference.layers, expected.traces[image]) {
            #expect(result.accumulators == trace.accumulators, place)
            #expect(result.mask == trace.mask, place)
            #expect(result.activations == trace.activations, place)
          }
        }
      }
    }
  }
}
