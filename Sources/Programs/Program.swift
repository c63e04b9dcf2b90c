import Machine
import Mapping
import Networks

/// A batch's program with everything that it reads, ready to be put into the accelerator's memory.
public struct Program: Sendable {
  /// What one operation of the program does.
  public struct Operation: Sendable {
    /// The kind of operation.
    public let operation: ProgramOperation
    /// The layer that it runs or stores the output of; nil for the loading of images.
    public let layer: Int?
    /// The owner of the weights: a task of a pass for one task, else nil.
    public let task: Int?
    /// Images of the pass, as places in the program's order.
    public let images: Range<Int>
    /// Where the counters go; nil where none are written.
    public let counters: Int?
    /// Where results or stored words go.
    public let data: Int?
    /// Where a head's classes go.
    public let classes: Int?
  }

  /// The network's numbers.
  public let network: NetworkImage
  /// The batch's images in the order of the machine: by task, in the order in which tasks appear.
  public let images: [BatchImage]
  /// Each image's place in the batch that was asked for.
  public let places: [Int]
  /// The memory: numbers, images, program, room for results.
  public private(set) var memory: MemoryImage
  /// The operations in order, without the end.
  public private(set) var operations: [Operation] = []
  /// What the program was made with.
  public let options: Options
  /// Offset of the first descriptor.
  public private(set) var start = 0

  /// What a program does beside running the layers.
  public struct Options: Sendable {
    /// Leave out steps in which all rows are zero.
    public var skips = false
    /// Write every layer's output to memory.
    public var storesOutputs = false
    /// Write the counters of every operation to memory.
    public var writesCounters = true
    /// Keep weights and thresholds in their buffers where they fit.
    public var keepsResident = true

    /// Dense, with counters.
    public init() {}
  }

  private var descriptors: [UInt32] = []

  /// The program that takes `batch` through the network.
  ///
  /// - Parameter inputs: the images of the batch, [channel][row][column] each.
  /// - Throws: `ProgramFailure` where the batch does not fit the accelerator's buffers.
  public init(
    _ network: NetworkImage, batch: Batch, inputs: [[Int32]], options: Options = Options()
  ) throws {
    guard !batch.images.isEmpty else { throw ProgramFailure("a batch needs at least one image") }
    guard batch.images.count < 1 << Machine.imageWidth else {
      throw ProgramFailure(
        "the batch has \(batch.images.count) images; the accelerator takes up to "
          + "\(1 << Machine.imageWidth - 1)")
    }
    self.network = network
    self.options = options
    let tasks = batch.tasks
    places = tasks.flatMap { task in
      batch.images.indices.filter { batch.images[$0].task == task }
    }
    images = places.map { batch.images[$0] }
    memory = network.memory
    try checkBuffers()
    load(places.map { inputs[$0] }, options)
    for layer in 0...network.model.layers.count { try add(layer, options) }
    append(Descriptor(.end, hash: network.shape.hash), runs: [])
    start = memory.reserve(.program, bytes: 4 * descriptors.count)
    memory.write(words: descriptors, at: start)
  }

  private var shape: AcceleratorShape { network.shape }

  /// That every layer's maps of the whole batch fit a buffer.
  private func checkBuffers() throws {
    var needed = 0
    for layer in network.plans {
      for plan in layer {
        needed = max(needed, plan.input.imagePlaces, plan.output?.imagePlaces ?? 0)
      }
    }
    needed *= images.count
    let bits = shape.banks * shape.columns * shape.actWidth
    guard needed <= shape.places else {
      throw ProgramFailure(
        "the activations of \(images.count) image\(images.count == 1 ? "" : "s") need \(needed) "
          + "places, and the activation buffers have \(shape.places); an ACT_BUFFER_KB of "
          + "\((needed * bits + 8191) / 8192) would do, or a smaller batch")
    }
  }

  private mutating func append(_ descriptor: Descriptor, runs: [[UInt32]]) {
    descriptors += descriptor.words
    descriptors += runs.flatMap { $0 }
    let block = MemoryImage.alignment / 4
    let rest = descriptors.count % block
    if rest > 0 { descriptors += Array(repeating: 0, count: block - rest) }
  }

  /// Images to buffer 0.
  private mutating func load(_ inputs: [[Int32]], _ options: Options) {
    let plan = network.plan(ofLayer: 0, task: 0)
    let line = shape.actLine
    let words = inputs.count * plan.input.imagePlaces * shape.banks
    let offset = memory.reserve(.activations, bytes: line.bytes(words))
    var word = 0
    for input in inputs {
      let values = plan.placed(input)
      for first in stride(from: 0, to: values.count, by: shape.columns) {
        let bit = line.bit(ofWord: word)
        for column in 0..<shape.columns {
          memory.write(
            Int64(values[first + column]), width: shape.actWidth, offset: offset,
            bit: bit + column * shape.actWidth)
        }
        word += 1
      }
    }
    var descriptor = Descriptor(.load, hash: shape.hash)
    descriptor[.slots] = words
    descriptor[.weightLines] = line.lines(words)
    descriptor[.dataOffset] = offset
    finish(
      descriptor, runs: [], layer: nil, task: nil, images: 0..<images.count, data: nil, options)
  }

  private mutating func finish(
    _ descriptor: Descriptor, runs: [[UInt32]], layer: Int?, task: Int?, images: Range<Int>,
    data: Int?, classes: Int? = nil, _ options: Options
  ) {
    var descriptor = descriptor
    var counters: Int?
    if options.writesCounters {
      let counts = Counts.layout(shape).count
      let offset = memory.reserve(.counters, bytes: counts * max(8, shape.busWidth / 8))
      descriptor[.counterOffset] = offset
      descriptor.set(.counters)
      counters = offset
    }
    append(descriptor, runs: runs)
    operations.append(
      Operation(
        operation: descriptor.operation, layer: layer, task: task, images: images,
        counters: counters, data: data, classes: classes))
  }

  /// A layer's passes: one for all images, or one for each task, and the storing of its output.
  private mutating func add(_ layer: Int, _ options: Options) throws {
    if network.model.sharesWeights(inLayer: layer) {
      try pass(layer, 0..<images.count, task: nil, options)
    } else {
      var first = 0
      while first < images.count {
        let task = images[first].task
        let end = images[first...].firstIndex { $0.task != task } ?? images.count
        try pass(layer, first..<end, task: task, options)
        first = end
      }
    }
    if options.storesOutputs, let output = network.plan(ofLayer: layer, task: 0).output {
      store(layer, output, options)
    }
  }

  private mutating func store(_ layer: Int, _ output: MapForm, _ options: Options) {
    let words = images.count * output.imagePlaces
    let line = shape.placeLine
    let offset = memory.reserve(.results, bytes: words * line.bytes)
    var descriptor = Descriptor(.store, hash: shape.hash)
    descriptor[.slots] = words
    descriptor[.outputBase] = words * line.beats
    descriptor[.dataOffset] = offset
    if layer % 2 == 0 { descriptor.set(.secondBuffer) }
    finish(
      descriptor, runs: [], layer: layer, task: nil, images: 0..<images.count, data: offset,
      options)
  }

  private mutating func pass(
    _ layer: Int, _ pass: Range<Int>, task: Int?, _ options: Options
  ) throws {
    let owner = task ?? images[pass.lowerBound].task
    let plan = network.plan(ofLayer: layer, task: owner)
    let numbers = network.numbers(ofLayer: layer, task: owner)
    let model = network.model
    let runs = runs(of: pass, layer: layer)
    let positions = plan.layer.positions
    let slots = pass.count * positions
    let blocks = plan.columnBlocks(shape)
    let input = plan.input
    var descriptor = Descriptor(.layer, hash: shape.hash)
    descriptor[.runsAndForm] = runs.count
    descriptor[.steps] = plan.steps
    descriptor[.weightOffset] = numbers.weights
    descriptor[.weightLines] = shape.weightLine.lines(plan.steps)
    descriptor[.weightStep] = numbers.weightStep
    descriptor[.channelOffset] = numbers.channels
    descriptor[.positions] = positions
    descriptor[.slots] = slots
    descriptor[.blocks] = blocks.count | blocks.last!.count << 16
    descriptor[.inputSize] = input.size | input.size << 16
    descriptor[.outputSize] = plan.layer.outputSize | plan.layer.outputSize << 16
    descriptor[.kernel] = plan.kernel | plan.kernel << 16
    descriptor[.strideAndPadding] = plan.stride | plan.padding << 16
    descriptor[.pixel] = input.pixelPlaces | input.lastChannels << 16
    descriptor[.columnStep] = plan.stride * input.pixelPlaces
    descriptor[.rowStep] = plan.stride * input.size * input.pixelPlaces
    descriptor[.imageStep] = input.imagePlaces
    descriptor[.kernelRowStep] = input.size * input.pixelPlaces
    descriptor[.inputBase] = pass.lowerBound * input.imagePlaces
    descriptor[.originStep] = plan.padding * (input.size + 1) * input.pixelPlaces
    descriptor[.clampLow] = model.clamp.lowerBound
    descriptor[.clampHigh] = model.clamp.upperBound
    if options.skips { descriptor.set(.skip) }
    if (layer == 0 ? model.input : model.activation).isSigned { descriptor.set(.signedInput) }
    if model.activation.isSigned { descriptor.set(.signedOutput) }
    if plan.order == .windows { descriptor.set(.windows) }
    if layer % 2 == 1 { descriptor.set(.secondBuffer) }

    let keepsWeights =
      options.keepsResident && shape.weightLine.lines(plan.steps) <= shape.weightLines
    if keepsWeights { descriptor.set(.weightsResident) }
    descriptor[.weightRepeats] = keepsWeights ? 1 : (slots + shape.rows - 1) / shape.rows
    if runs.contains(where: { $0.threshold != nil }) {
      let form = network.thresholdForms[layer]
      let lines = shape.thresholdLine(form).lines(positions)
      descriptor.set(.thresholds)
      descriptor[.runsAndForm] |= form.format << 8 | form.shift << 10
      descriptor[.thresholdLines] = lines
      descriptor[.thresholdStep] = lines * shape.thresholdLine.bytes
      if options.keepsResident, lines <= shape.thresholdLines {
        descriptor.set(.thresholdsResident)
      }
    }
    var data: Int?
    var classes: Int?
    if let output = plan.output {
      if plan.layer.isPooled { descriptor.set(.pooled) }
      descriptor[.outputBase] = pass.lowerBound * output.imagePlaces
      descriptor[.outputPixel] = output.pixelPlaces
    } else {
      let line = shape.logitLine
      let offset = memory.reserve(.results, bytes: slots * blocks.count * line.bytes)
      descriptor.set(.raw)
      descriptor[.outputBase] = slots * blocks.count * line.beats
      descriptor[.dataOffset] = offset
      data = offset
      classes = memory.reserve(.results, bytes: slots * shape.busWidth / 8)
      descriptor[.outputPixel] = classes!
    }
    finish(
      descriptor, runs: runs.map(\.words), layer: layer, task: task, images: pass, data: data,
      classes: classes, options)
  }

  private struct Run {
    let task: Int
    let images: Int
    let threshold: Int?
    var words: [UInt32] {
      [UInt32(images | task << 16), UInt32(threshold ?? 0), 0, 0]
    }
  }

  private func runs(of pass: Range<Int>, layer: Int) -> [Run] {
    var runs: [Run] = []
    var first = pass.lowerBound
    while first < pass.upperBound {
      let task = images[first].task
      let end = images[first..<pass.upperBound].firstIndex { $0.task != task } ?? pass.upperBound
      runs.append(
        Run(task: task, images: end - first, threshold: network.thresholds[layer][task]))
      first = end
    }
    return runs
  }
}

/// The fields of a descriptor while it is made.
struct Descriptor {
  let operation: ProgramOperation
  private var fields = [UInt32](repeating: 0, count: DescriptorField.allCases.count)

  init(_ operation: ProgramOperation, hash: UInt32) {
    self.operation = operation
    fields[DescriptorField.hash.rawValue] = hash
    fields[DescriptorField.operation.rawValue] = UInt32(operation.rawValue)
  }

  subscript(field: DescriptorField) -> Int {
    get { Int(fields[field.rawValue]) }
    set { fields[field.rawValue] = UInt32(truncatingIfNeeded: newValue) }
  }

  mutating func set(_ flag: DescriptorFlag) {
    fields[DescriptorField.operation.rawValue] |= 1 << UInt32(flag.rawValue)
  }

  /// The fields, with the checksum that makes their sum zero.
  var words: [UInt32] {
    var words = fields
    words[DescriptorField.checksum.rawValue] = 0 &- fields.reduce(0, &+)
    return words
  }
}
