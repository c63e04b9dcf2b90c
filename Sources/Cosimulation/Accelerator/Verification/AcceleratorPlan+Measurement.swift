import Golden
import Networks
import Programs

extension AcceleratorPlan {
  /// What the statistical model needs to know of the run.
  public var workload: Workload { Workload(batches.map(\.batch)) }

  /// The shape of the network that runs.
  public var networkShape: NetworkShape { NetworkShape(model, name: request.run.model) }

  /// What the program does, in the statistical model's terms.
  public var statisticalOptions: StatisticalModel.Options {
    StatisticalModel.Options(network, request.options)
  }

  /// Runs the golden model over the batches: zeros, and the exact model's counts.
  public func measure(_ progress: (String) -> Void = { _ in }) -> SparsityMeasurement {
    var measurement = SparsityMeasurement(network, options: request.options)
    for (place, (_, batch)) in batches.enumerated() {
      progress("golden model: batch \(place + 1) of \(batches.count)")
      measurement.add(batch, GoldenMaps(batch, golden, vectors))
    }
    return measurement
  }

  /// Where a profile of the measured zeros comes from.
  public func profile(_ measurement: SparsityMeasurement) -> SparsityProfile {
    let shape = networkShape
    let counts = measurement.counts
    return SparsityProfile(
      shape, measurement.sparsity,
      rowShape: SparsityProfile.RowShape(
        rows: self.shape.rows, wordChannels: self.shape.placeChannels,
        rowOrdered: model.layers.indices.filter {
          model.layers[$0].isPooled && network.plan(ofLayer: $0, task: 0).order == .rows
        }.map { model.layers[$0].name }),
      provenance: SparsityProfile.Provenance(
        model: request.run.model, vectors: request.run.vectors,
        images: Dictionary(
          uniqueKeysWithValues: zip(model.tasks, counts.images).filter { $0.1 > 0 }
            .map { ($0, $1) }),
        mode: request.run.mode.rawValue, batchSize: batches[0].batch.images.count))
  }
}
