import Mapping
import Networks
import Programs

/// A network, a batch, and what is around the accelerator while it runs them.
public struct DrawnNetwork: Sendable {
  /// The network.
  public let model: Model
  /// The order of the slots, of layers that do not have the default.
  public let orders: [Int: SlotOrder]
  /// The images' tasks.
  public let batch: Batch
  /// The images, in the batch's order.
  public let inputs: [[Int32]]
  /// What the program does.
  public let options: Program.Options
  /// What is around the accelerator.
  public let surroundings: DrawnSurroundings

  /// Draws a network for an accelerator of any buffers.
  init(seed: UInt64, on shape: AcceleratorShape, work: Int) throws {
    var draw = Draw(seed: seed)
    let tasks = draw.number(1...min(5, shape.runs))
    let images = draw.number(1...7)
    let averages = draw.once(in: 4)
    var drawn: LayerDraw
    repeat {
      drawn = LayerDraw(&draw, shape, averages: averages)
    } while Self.work(of: drawn.layers, images: images, shape) > work
    let layers = drawn.layers
    func format() -> ActivationFormat {
      ActivationFormat(
        width: draw.once(in: 4) ? draw.number(2...shape.actWidth) : shape.actWidth,
        isSigned: shape.hasSignedActivations && draw.once(in: 2))
    }
    let relu = draw.once(in: 3) ? draw.number(0...(1 << tasks) - 1) : 0
    model = try SyntheticModel.make(
      seed: draw.seed(), layers: layers, tasks: tasks, classes: draw.number(1...20),
      mode: draw.once(in: 4) ? .conventional : .mime, input: format(), activation: format(),
      weightWidth: shape.weightWidth, multiplierWidth: shape.multWidth,
      rounding: Rounding.allCases[shape.rounding],
      reluTasks: Set((0..<tasks).filter { relu >> $0 & 1 == 1 }),
      headAverages: drawn.headAverages)
    orders = Dictionary(
      uniqueKeysWithValues: layers.indices.filter { layers[$0].isPooled }.map {
        ($0, draw.one(of: SlotOrder.allCases))
      })
    batch = Batch(
      images: (0..<images).map { BatchImage(task: draw.number(0...tasks - 1), image: $0) })
    inputs = SyntheticModel.images(for: model, count: images, seed: draw.seed())
    var options = Program.Options()
    options.skips = draw.once(in: 2)
    options.storesOutputs = true
    options.keepsResident = !draw.once(in: 4)
    self.options = options
    surroundings = DrawnSurroundings(&draw, addressWidth: shape.parameters["AXI_ADDR_WIDTH"]!)
  }

  /// About how many element-cycles a batch takes; a cycle has a cost of its own.
  private static func work(of layers: [Layer], images: Int, _ shape: AcceleratorShape) -> Int {
    let cycles = layers.reduce(0) { sum, layer in
      let tiles = (images * layer.positions + shape.rows - 1) / shape.rows
      let blocks = (layer.outputChannels + shape.columns - 1) / shape.columns
      let words =
        layer.kernel * layer.kernel
        * ((layer.inputChannels - 1) / (shape.columns * shape.banks) + 1)
      let beats = shape.weightLine.lines(layer.reduction) * shape.weightLine.beats
      return sum + tiles * blocks * max(layer.reduction, words * shape.rows, beats)
    }
    return cycles * (shape.rows * shape.columns + 50)
  }

  /// The network in few words.
  public var text: String {
    func average(_ layer: Layer) -> String {
      layer.averages ? " of the average of \(layer.size)x\(layer.size)" : ""
    }
    let layers = model.layers.map { layer in
      layer.kind == .fullyConnected
        ? "fc \(layer.inputChannels)-\(layer.outputChannels)\(average(layer))"
        : "conv \(layer.inputChannels)-\(layer.outputChannels) of \(layer.size), kernel "
          + "\(layer.kernel), stride \(layer.stride), padding \(layer.padding)"
          + (layer.isPooled ? ", pooled" : "")
    }
    return "\(layers.joined(separator: "; ")); \(model.head(of: 0).outputChannels) classes"
      + "\(average(model.head(of: 0))); \(model.mode.rawValue), images of tasks "
      + batch.images.map { "\($0.task)" }.joined(separator: " ")
      + (options.skips ? ", skipping" : "")
  }
}

/// What is around an accelerator.
public struct DrawnSurroundings: Sendable {
  /// The memory's speed.
  public let timing: MemoryTiming
  /// Stalls of every channel; nil for none.
  public let stalls: BusStalls?
  /// Seed of the order in which reads are answered; nil for that in which they are asked for.
  public let reorder: UInt64?
  /// Seed of what registers hold before reset.
  public let xSeed: UInt32
  /// Address of the memory's first byte.
  public let base: UInt64

  init(_ draw: inout Draw, addressWidth: Int) {
    let bandwidth = MemoryTiming.Bandwidth(bytes: draw.number(4...100), cycles: draw.number(1...3))
    timing = MemoryTiming(
      readLatency: draw.number(1...60), writeLatency: draw.number(1...60),
      bandwidth: draw.once(in: 3) ? bandwidth : nil)
    let probability = draw.probability(0...0.5)
    let seed = draw.seed()
    stalls = draw.once(in: 4) ? nil : BusStalls(probability: probability, seed: seed)
    let order = draw.seed()
    reorder = draw.once(in: 2) ? order : nil
    xSeed = UInt32(truncatingIfNeeded: draw.seed())
    base = draw.seed() >> UInt64(65 - addressWidth) & ~127
  }
}

/// Layers that follow each other.
private struct LayerDraw {
  private let shape: AcceleratorShape
  private let input: (channels: Int, size: Int)
  /// The hidden layers.
  private(set) var layers: [Layer] = []
  /// Whether the head takes the average of their last map.
  private(set) var headAverages = false

  /// - Parameter averages: a layer or the head takes the average of a convolution's map.
  init(_ draw: inout Draw, _ shape: AcceleratorShape, averages: Bool) {
    self.shape = shape
    let count = draw.number(1...4)
    input = (Self.channels(&draw, shape), draw.number(1...draw.number(1...33)))
    repeat {
      layers = []
      extend(&draw, to: count)
    } while averages && !layers.contains { $0.kind == .convolution }
    if averages { average(&draw) }
  }

  /// Adds layers until there are `count`.
  private mutating func extend(_ draw: inout Draw, to count: Int) {
    while layers.count < count {
      let name = "layer\(layers.count)"
      let channels = layers.last?.outputChannels ?? input.channels
      let inputs = layers.last?.pooledOutputCount ?? channels
      let layer =
        draw.once(in: 6) && inputs < 5000
        ? .fullyConnected(name, inputs: inputs, outputs: Self.channels(&draw, shape))
        : convolution(&draw, name, channels, layers.last?.pooledSize ?? input.size)
      layers.append(layer)
    }
  }

  /// Averages the map of one of the convolutions; as many layers follow as did before.
  private mutating func average(_ draw: inout Draw) {
    let count = layers.count
    let place = draw.one(of: layers.indices.filter { layers[$0].kind == .convolution })
    let last = layers[place]
    headAverages = place == count - 1 && draw.once(in: 2)
    guard !headAverages else { return }
    layers = Array(layers[...place])
    layers.append(
      .averaging(
        "layer\(layers.count)", inputChannels: last.outputChannels, size: last.pooledSize,
        outputs: Self.channels(&draw, shape)))
    extend(&draw, to: count + 1)
  }

  /// 1 to 70, often about what a word or a tile takes.
  private static func channels(_ draw: inout Draw, _ shape: AcceleratorShape) -> Int {
    let whole = shape.columns * draw.one(of: [1, shape.banks, 2 * shape.banks])
    return draw.once(in: 2)
      ? min(70, max(1, whole + draw.number(-1...1))) : draw.number(1...draw.number(1...70))
  }

  private func convolution(
    _ draw: inout Draw, _ name: String, _ channels: Int, _ size: Int
  ) -> Layer {
    let kernels = [1, 2, 3, 3, 5, 7, draw.number(1...11)].filter { size + 2 * ($0 - 1) >= $0 }
    let kernel = draw.one(of: kernels)
    let least = max(0, (kernel - size + 1) / 2)
    let padding = draw.once(in: 2) ? max(least, kernel / 2) : draw.number(least...kernel - 1)
    let stride = draw.one(of: [1, 1, 1, 2, 2, draw.number(1...8)])
    func layer(_ isPooled: Bool) -> Layer {
      .convolution(
        name, inputChannels: channels, outputChannels: Self.channels(&draw, shape), size: size,
        kernel: kernel, stride: stride, padding: min(padding, kernel - 1), isPooled: isPooled)
    }
    let isPooled = (size + 2 * padding - kernel) / stride >= 1 && draw.once(in: 2)
    return layer(isPooled)
  }
}
