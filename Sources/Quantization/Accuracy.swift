import Foundation
import Golden
import Networks

/// How many images of a task a network puts into their classes.
public struct Accuracy: Sendable, Equatable {
  public let task: String
  public let images: Int
  /// Images whose class is their label, by the network of integers.
  public let correct: Int
  /// The same by the network of real numbers; nil where there is none.
  public let realCorrect: Int?
  /// Images that both put into one class; nil where there is no network of real numbers.
  public let agreeing: Int?

  /// Points of percent that the network of integers loses to that of real numbers.
  public var loss: Double? {
    realCorrect.map { Double($0 - correct) / Double(images) * 100 }
  }

  /// Runs all labelled images, on all cores.
  ///
  /// - Parameters:
  ///   - real: of the same tasks, images and classes.
  ///   - progress: hears from any thread how many images are done, of how many.
  /// - Throws: `NetworkError` if an accumulator could need more than 64 bits; `QuantizationError` where no
  ///   image has a label.
  public static func measure(
    _ model: Model, real: FloatModel? = nil, _ vectors: Vectors,
    progress: @Sendable (_ done: Int, _ of: Int) -> Void = { _, _ in }
  ) throws -> [Accuracy] {
    let batches = try BatchInference(model)
    let golden = real.map(FloatGoldenModel.init)
    let parts = vectors.tasks.indices.flatMap { task in
      let count = vectors.tasks[task].labels == nil ? 0 : vectors.tasks[task].images.count
      return stride(from: 0, to: count, by: part).map { start in
        Part(task: task, images: start..<min(start + part, count))
      }
    }
    guard !parts.isEmpty else {
      throw QuantizationError("no image has a label; accuracy needs the images' classes")
    }
    let total = parts.reduce(0) { $0 + $1.images.count }
    let sums = AccuracySums(tasks: model.tasks.count)
    DispatchQueue.concurrentPerform(iterations: parts.count) { index in
      let part = parts[index]
      let given = vectors.tasks[part.task]
      let images = given.images[part.images]
      let classes = batches.logits(images, task: part.task).map(BatchInference.prediction)
      let realClasses = golden.map { golden in
        images.map { golden.infer($0, task: part.task).prediction }
      }
      progress(
        sums.add(part.task, classes, realClasses, labels: given.labels![part.images]), total)
    }
    return model.tasks.enumerated().compactMap { task, name in
      let sum = sums.tasks[task]
      guard sum.images > 0 else { return nil }
      return Accuracy(
        task: name, images: sum.images, correct: sum.correct,
        realCorrect: real == nil ? nil : sum.realCorrect,
        agreeing: real == nil ? nil : sum.agreeing)
    }
  }

  /// Images that a thread takes at a time.
  private static let part = 4 * BatchInference.batch

  private struct Part {
    let task: Int
    let images: Range<Int>
  }
}

/// Counts that threads add to.
private final class AccuracySums: @unchecked Sendable {
  // Sendable: the lock is held while anything changes, and all has been added before it is read.
  private(set) var tasks: [(images: Int, correct: Int, realCorrect: Int, agreeing: Int)]
  private let lock = NSLock()

  init(tasks: Int) { self.tasks = Array(repeating: (0, 0, 0, 0), count: tasks) }

  /// Returns how many images have been added.
  func add(
    _ task: Int, _ classes: [Int], _ realClasses: [Int]?, labels: ArraySlice<Int>
  ) -> Int {
    func equal(_ a: [Int], _ b: some Sequence<Int>) -> Int {
      zip(a, b).reduce(0) { $0 + ($1.0 == $1.1 ? 1 : 0) }
    }
    return lock.withLock {
      tasks[task].images += classes.count
      tasks[task].correct += equal(classes, labels)
      if let realClasses {
        tasks[task].realCorrect += equal(realClasses, labels)
        tasks[task].agreeing += equal(classes, realClasses)
      }
      return tasks.reduce(0) { $0 + $1.images }
    }
  }
}
