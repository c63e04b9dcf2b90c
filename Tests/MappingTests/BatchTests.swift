import Mapping
import Testing

@Suite struct BatchTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let tasks: [Int]
    let images: Int
    let mode: TaskMode
    let size: Int?
    let expected: String
    var testDescription: String { "\(mode.rawValue) \(tasks) x \(images), size \(size ?? 0)" }
  }

  @Test(arguments: [
    Case(tasks: [0, 1, 2], images: 2, mode: .pipelined, size: nil, expected: "00 10 20|01 11 21"),
    Case(tasks: [3, 1], images: 3, mode: .pipelined, size: 4, expected: "30 10 31 11|32 12"),
    Case(tasks: [0, 1, 2], images: 2, mode: .singular, size: nil, expected: "00 01|10 11|20 21"),
    Case(tasks: [4, 2], images: 3, mode: .singular, size: nil, expected: "40 41|42|20 21|22"),
    Case(tasks: [1], images: 2, mode: .pipelined, size: nil, expected: "10|11"),
    Case(tasks: [1], images: 2, mode: .singular, size: 9, expected: "10 11"),
    Case(tasks: [], images: 2, mode: .singular, size: nil, expected: ""),
  ])
  func scheduleOfImages(_ example: Case) throws {
    let batches = try Batch.schedule(
      tasks: example.tasks, imagesPerTask: example.images, mode: example.mode, size: example.size)
    let text = batches.map { batch in
      batch.images.map { "\($0.task)\($0.image)" }.joined(separator: " ")
    }
    #expect(text.joined(separator: "|") == example.expected)
  }

  @Test func tasksComeInOrderOfAppearance() {
    #expect(Example.batch.tasks == [0, 2, 1])
  }

  @Test(arguments: [(0, 1, "images per task is 0"), (1, 0, "batch size is 0")])
  func emptyBatchesAreErrors(images: Int, size: Int, message: String) {
    let error = #expect(throws: MappingError.self) {
      try Batch.schedule(tasks: [0], imagesPerTask: images, mode: .singular, size: size)
    }
    #expect(error?.description == "\(message), and must be at least 1")
  }
}
