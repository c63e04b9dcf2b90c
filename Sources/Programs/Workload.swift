import Mapping

/// The images that run, as batches of which many may be alike.
public struct Workload: Sendable {
  /// Each composition with the number of its batches.
  let batches: [(runs: [PassGeometry.Run], count: Int)]

  /// The workload of `batches`.
  ///
  /// - Precondition: no batch is empty, and there is one.
  public init(_ batches: [Batch]) {
    precondition(!batches.isEmpty && batches.allSatisfy { !$0.images.isEmpty })
    var counts: [[PassGeometry.Run]: Int] = [:]
    var order: [[PassGeometry.Run]] = []
    for batch in batches {
      let runs = batch.tasks.map { task in
        PassGeometry.Run(task: task, images: batch.images.count { $0.task == task })
      }
      if counts[runs] == nil { order.append(runs) }
      counts[runs, default: 0] += 1
    }
    self.batches = order.map { ($0, counts[$0]!) }
  }

  /// Images of each task.
  func images(tasks: Int) -> [Int] {
    var images = [Int](repeating: 0, count: tasks)
    for (runs, count) in batches {
      for run in runs { images[run.task] += run.images * count }
    }
    return images
  }

  /// The largest number of images in a batch.
  var largestBatch: Int {
    batches.map { $0.runs.reduce(0) { $0 + $1.images } }.max()!
  }
}
