import Mapping
import Networks

/// Measures a network's zeros over batches, and counts its events with the exact model on the way.
public struct SparsityMeasurement {
  private let network: NetworkImage
  private let options: Program.Options
  private var layers: [Layer]
  private var images: [Int]
  private var transfers: CountBuilder

  /// What is known of a layer after some batches.
  private struct Layer {
    var counts: CountBuilder
    /// By task.
    var products: [Int]
    var results: [Int]
    /// Of the layer, or of each task where tasks run by themselves.
    var joint: [Joint]
  }

  fileprivate struct Joint {
    var sums: StepSums
    /// By rows in use.
    var groups: [Int: (tiles: Int, issued: Int, histogram: [Int])] = [:]
    var pairs = (all: 0, zero: 0)
    var steps = 0
    /// Where tiles are of one word.
    var gains: Int?
  }

  /// A measurement of `network` as programs with `options` run it.
  public init(_ network: NetworkImage, options: Program.Options) {
    self.network = network
    self.options = options
    let (tasks, runs) = (network.model.tasks.count, network.shape.runs)
    images = Array(repeating: 0, count: tasks)
    transfers = CountBuilder(tasks: runs)
    layers = (0...network.model.layers.count).map { layer in
      Layer(
        counts: CountBuilder(tasks: runs), products: Array(repeating: 0, count: tasks),
        results: Array(repeating: 0, count: tasks),
        joint: Array(
          repeating: Joint(sums: StepSums(tasks: tasks)),
          count: network.model.sharesWeights(inLayer: layer) ? 1 : tasks))
    }
  }

  /// Adds a batch with the maps of its images.
  public mutating func add(_ batch: Batch, _ maps: GoldenMaps) {
    let shape = network.shape
    let ordered = batch.tasks.flatMap { task in
      batch.images.indices.filter { batch.images[$0].task == task }.map { (place: $0, task: task) }
    }
    for image in batch.images { images[image.task] += 1 }
    let first = network.plan(ofLayer: 0, task: 0)
    transfers.countLoad(places: ordered.count * first.input.imagePlaces, on: shape)
    for layer in layers.indices {
      let isShared = network.model.sharesWeights(inLayer: layer)
      let passes =
        isShared ? [ordered] : batch.tasks.map { task in ordered.filter { $0.task == task } }
      for images in passes { add(layer, images, maps, joint: isShared ? 0 : images[0].task) }
      if options.storesOutputs, let output = network.plan(ofLayer: layer, task: 0).output {
        transfers.countStore(places: ordered.count * output.imagePlaces, on: shape)
      }
    }
    transfers.countEnd(on: shape)
  }

  private mutating func add(
    _ layer: Int, _ images: [(place: Int, task: Int)], _ maps: GoldenMaps, joint number: Int
  ) {
    let pass = ExactPass(network, layer: layer, images: images, maps, options)
    let tiles = pass.rowTiles()
    pass.count(tiles, into: &layers[layer].counts)
    if options.skips {
      layers[layer].joint[number].add(tiles, of: pass, tasks: self.images.count)
    } else {
      var skipping = options
      skipping.skips = true
      let pass = ExactPass(network, layer: layer, images: images, maps, skipping)
      layers[layer].joint[number].add(pass.rowTiles(), of: pass, tasks: self.images.count)
    }
    let geometry = pass.geometry
    for run in geometry.runs {
      layers[layer].products[run.task] += run.images * geometry.insideProducts
      layers[layer].results[run.task] += run.images * geometry.positions * geometry.channels
    }
  }

  /// The exact events of what was added.
  public var counts: RunCounts {
    RunCounts(
      provenance: .exact, tasks: network.model.tasks, images: images,
      layers: layers.indices.map {
        RunCounts.Layer(
          name: network.model.geometry(ofLayer: $0, task: 0).name, counts: layers[$0].counts.counts)
      }, transfers: transfers.counts)
  }

  /// The zeros of each layer, the heads last; nil for a task without images.
  public var sparsity: [LayerSparsity] {
    layers.map { layer in
      LayerSparsity(
        tasks: images.indices.map { task in
          guard images[task] > 0 else { return nil }
          let sums = layer.joint.map { $0.sums.tasks[task] }
          let (nonzero, masked) = sums.reduce((0, 0)) { ($0.0 + $1.nonzero, $0.1 + $1.masked) }
          return LayerSparsity.Task(
            zeroFraction: ratio(layer.products[task] - nonzero, layer.products[task]),
            maskedFraction: ratio(masked, layer.results[task]))
        }, joint: layer.joint.map(\.zeros))
    }
  }
}

private func ratio(_ part: Int, _ whole: Int) -> Double {
  whole == 0 ? 0 : Double(part) / Double(whole)
}

extension SparsityMeasurement.Joint {
  fileprivate mutating func add(_ tiles: [ExactPass.RowTile], of pass: ExactPass, tasks: Int) {
    steps = pass.geometry.steps
    sums += pass.sums(tiles, tasks: tasks)
    if let own = pass.gains(tiles) { gains = (gains ?? 0) + own }
    for tile in tiles {
      pairs.all += tile.pairs.all
      pairs.zero += tile.pairs.zero
      let rows = tile.tasks.count
      var group = groups[rows] ?? (0, 0, [])
      group.tiles += 1
      group.issued += tile.issued
      for count in tile.words {
        while group.histogram.count <= count { group.histogram.append(0) }
        group.histogram[count] += 1
      }
      groups[rows] = group
    }
  }

  fileprivate var zeros: JointZeros {
    JointZeros(
      issuedFractions: sums.tasks.map {
        $0.slots == 0 ? nil : ratio($0.issued, $0.slots * steps)
      },
      groups: groups.sorted { $0.key > $1.key }.map { rows, group in
        JointZeros.Group(
          rows: rows, issuedFraction: ratio(group.issued, group.tiles * steps),
          histogram: group.histogram)
      }, neighboursZero: pairs.all == 0 ? nil : ratio(pairs.zero, pairs.all),
      gainsPerTile: gains.map { ratio($0, sums.tiles) })
  }
}
