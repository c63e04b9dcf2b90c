/// The order in which the images of several tasks come.
public enum TaskMode: String, Sendable, CaseIterable {
  /// Successive images belong to one task, and a batch holds one task.
  case singular
  /// Successive images belong to different tasks.
  case pipelined
}

/// One image of one task.
public struct BatchImage: Sendable, Hashable {
  /// The task's number in the model.
  public let task: Int
  /// The image's number within its task.
  public let image: Int

  /// Image number `image` of task number `task`.
  public init(task: Int, image: Int) {
    self.task = task
    self.image = image
  }
}

/// Images that go through the network together, layer by layer.
public struct Batch: Sendable, Equatable {
  /// The images, in order.
  public let images: [BatchImage]

  /// The batch of `images`.
  public init(images: [BatchImage]) {
    self.images = images
  }

  /// The tasks present, in the order in which they first appear.
  public var tasks: [Int] {
    var seen: Set<Int> = []
    return images.map(\.task).filter { seen.insert($0).inserted }
  }

  /// The batches of a run over the first `imagesPerTask` images of each of `tasks`.
  ///
  /// Pipelined, image 0 of every task comes before image 1 of any, and the sequence is cut into
  /// batches of `size`; singular, each task's images are cut into batches by themselves. The last
  /// batch of a sequence may be smaller.
  ///
  /// - Parameter size: images in a batch; by default the number of tasks.
  /// - Throws: `MappingError.outOfRange` if a number of images is not positive.
  public static func schedule(
    tasks: [Int], imagesPerTask: Int, mode: TaskMode, size: Int? = nil
  ) throws -> [Batch] {
    guard !tasks.isEmpty else { return [] }
    let size = size ?? tasks.count
    for (name, value) in [("images per task", imagesPerTask), ("batch size", size)]
    where value < 1 {
      throw MappingError.outOfRange(name: name, value: value, range: 1...Int.max)
    }
    let images = 0..<imagesPerTask
    switch mode {
    case .pipelined:
      return chunks(
        images.flatMap { image in tasks.map { BatchImage(task: $0, image: image) } }, of: size)
    case .singular:
      return tasks.flatMap { task in
        chunks(images.map { BatchImage(task: task, image: $0) }, of: size)
      }
    }
  }

  private static func chunks(_ images: [BatchImage], of size: Int) -> [Batch] {
    stride(from: 0, to: images.count, by: size).map {
      Batch(images: Array(images[$0..<min($0 + size, images.count)]))
    }
  }
}
