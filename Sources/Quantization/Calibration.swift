import Foundation
import Golden
import Networks

/// What a trained network's activations are on some images of its tasks.
public struct Calibration: Sendable {
  /// [task][layer], of the hidden layers' outputs before pooling; without values where a task has no
  /// images.
  public let histograms: [[ActivationHistogram]]
  /// [task]: images that were run.
  public let images: [Int]

  /// Runs the first `limit` images of each task, on all cores.
  ///
  /// - Parameter progress: hears from any thread how many images are done.
  /// - Throws: `QuantizationError` where there are no images, or a sum overflows.
  public init(
    _ model: FloatModel, _ vectors: Vectors, limit: Int = .max,
    progress: @Sendable (Int) -> Void = { _ in }
  ) throws(QuantizationError) {
    let golden = FloatGoldenModel(model)
    let work = vectors.tasks.indices.flatMap { task in
      vectors.tasks[task].images.prefix(limit).map { (task: task, image: $0) }
    }
    guard !work.isEmpty else {
      throw QuantizationError("there are no images to calibrate with; give some of each task")
    }
    let sums = HistogramSums(tasks: model.tasks.count, layers: model.layers.count)
    DispatchQueue.concurrentPerform(iterations: work.count) { index in
      let (task, image) = work[index]
      progress(sums.add(golden.infer(image, task: task), task: task))
    }
    if let layer = sums.overflow {
      throw QuantizationError(
        "sums of layer \(model.layers[layer].name) leave single precision; the network's numbers are too "
          + "large")
    }
    histograms = sums.histograms
    images = vectors.tasks.map { min($0.images.count, limit) }
  }
}

/// Histograms that threads add to.
private final class HistogramSums: @unchecked Sendable {
  // Sendable: the lock is held while anything changes, and all has been added before it is read.
  private(set) var histograms: [[ActivationHistogram]]
  private(set) var overflow: Int?
  private var done = 0
  private let lock = NSLock()

  init(tasks: Int, layers: Int) {
    histograms = Array(
      repeating: Array(repeating: ActivationHistogram(), count: layers), count: tasks)
  }

  /// Returns how many images have been added.
  func add(_ inference: FloatInference, task: Int) -> Int {
    let own = inference.layers.map { layer in
      // Of a sum that is no number the activation is 0.
      let isFinite = layer.sums.allSatisfy(\.isFinite)
      var histogram = ActivationHistogram()
      if isFinite { histogram.add(layer.activations) }
      return (histogram, isFinite)
    }
    return lock.withLock {
      for (layer, (histogram, isFinite)) in own.enumerated() {
        histograms[task][layer].add(histogram)
        if !isFinite { overflow = min(overflow ?? layer, layer) }
      }
      done += 1
      return done
    }
  }
}
