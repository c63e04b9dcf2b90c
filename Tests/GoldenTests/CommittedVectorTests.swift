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
    Case(model: "small/model.safetensors", vectors: "small/golden.safetensors", tasks: 5),
    Case(
      model: "small/finetuned.safetensors", vectors: "small/finetuned.golden.safetensors",
      tasks: 4),
  ]

  /// Images of a task: all, or in a debug build, which is fifty times slower, the first.
  #if DEBUG
    static let (imageCount, tracedCount) = (2, 1)
  #else
    static let (imageCount, tracedCount) = (100, 2)
  #endif

  @Test(arguments: cases) func everyLevelOfTracesAndEveryLogit(_ given: Case) throws {
    let model = try Model.load(Fixtures.path(given.model))
    let vectors = try Vectors.load(Fixtures.path(given.vectors), for: model)
    #expect(vectors.tasks.map(\.images.count) == Array(repeating: 100, count: given.tasks))
    #expect(vectors.tasks.map(\.traces.count) == Array(repeating: 2, count: given.tasks))
    let golden = try GoldenModel(model)
    let traces = Vectors(
      tasks: vectors.tasks.map { TaskVectors(images: $0.images, traces: $0.traces) })
    let logits = Vectors(
      tasks: vectors.tasks.map { TaskVectors(images: $0.images, logits: $0.logits) })
    #expect(
      golden.check(traces, limit: Self.tracedCount)
        == VectorCheck(images: 0, tracedImages: Self.tracedCount * given.tasks, mismatch: nil))
    #expect(
      golden.check(logits, limit: Self.imageCount)
        == VectorCheck(images: Self.imageCount * given.tasks, tracedImages: 0, mismatch: nil))
  }
}
