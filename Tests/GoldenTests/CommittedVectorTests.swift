import Golden
import Networks
import Testing

/// The golden model reproduces the committed vectors, which an independent numpy model made.
@Suite struct CommittedVectorTests {
  struct Case: CustomTestStringConvertible {
    let model, vectors: String
    let tasks: Int
    var testDescription: String { model }
  }

  static let cases = [
    Case(
      model: "small/model.safetensors", vectors: "small/golden.safetensors", tasks: 5),
    Case(
      model: "small/finetuned.safetensors", vectors: "small/finetuned.golden.safetensors", tasks: 4),
  ]

  @Test(arguments: cases) func everyLevelOfTracesAndEveryLogit(_ given: Case) throws {
    let model = try Model.load(Fixtures.path(given.model))
    let vectors = try Vectors.load(Fixtures.path(given.vectors), for: model)
    let check = try GoldenModel(model).check(vectors)
    #expect(check == VectorCheck(images: 100 * given.tasks, tracedImages: 2 * given.tasks, mismatch: nil))
  }
}
