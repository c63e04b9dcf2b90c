import Golden
import Mapping
import Networks
import Testing
import Verilated

@testable import Cosimulation
@testable import Machine
@testable import Programs

/// A small accelerator with a program that is put right, broken and put right again.
struct ProgramBench {
  let shape: AcceleratorShape
  let program: Program
  let accelerator: SimulatedAccelerator
  private let expected: [Inference]
  static let limit: UInt64 = 200_000

  /// The number of the operation that runs layer 0, and of the one that stores its output.
  static let (layer, store) = (1, 2)

  static let library: Result<AcceleratorLibrary, any Error> = Result {
    try library(parameters: parameters, VerilogSources(Machine.accelerator.verilogFiles()))
  }

  static let parameters = [
    "ROWS": 2, "COLS": 3, "FEED_BANKS": 1, "AXI_DATA_WIDTH": 32, "ACT_BUFFER_KB": 1,
    "WEIGHT_BUFFER_KB": 1, "THRESHOLD_BUFFER_KB": 1,
  ]

  static func library(
    parameters: [String: Int], _ sources: VerilogSources
  ) throws -> AcceleratorLibrary {
    let build = AcceleratorBuild(
      sources, parameters: parameters.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    return try AcceleratorLibrary(path: try build.product().path)
  }

  init(writesCounters: Bool = true) throws {
    shape = try AcceleratorShape(Self.parameters)
    let model = try SyntheticModel.make(
      seed: 5,
      layers: [
        .convolution("a", inputChannels: 4, outputChannels: 5, size: 5, isPooled: true),
        .convolution("b", inputChannels: 5, outputChannels: 4, size: 2, kernel: 1),
      ])
    let batch = Batch(images: [(0, 0), (1, 1), (0, 2)].map { BatchImage(task: $0, image: $1) })
    let inputs = SyntheticModel.images(for: model, count: 3, seed: 6)
    var options = Program.Options()
    options.storesOutputs = true
    options.writesCounters = writesCounters
    program = try Program(
      try NetworkImage(model, on: shape), batch: batch, inputs: inputs, options: options)
    let golden = try GoldenModel(model)
    expected = zip(batch.images, inputs).map { golden.infer($1, task: $0.task) }
    accelerator = try SimulatedAccelerator(
      Self.library.get(),
      memory: SimulatedMemory(bytes: program.memory.bytes.count + 4096, at: 0x1_0000))
  }

  /// Bytes of the program's image.
  var image: Int { program.memory.bytes.count }

  /// Puts the program into memory as it is.
  func place() {
    program.memory.bytes.withUnsafeBytes { accelerator.memory.bytes.copyMemory(from: $0) }
  }

  /// Where the descriptor of each operation is, that of the end last.
  var descriptors: [Int] {
    var offset = program.start
    return (0...program.operations.count).map { _ in
      let here = offset
      offset += DescriptorField.bytes
      if field(.operation, at: here) & 0xF == ProgramOperation.layer.rawValue {
        offset += (field(.runsAndForm, at: here) % 256 + 7) / 8 * 128
      }
      return here
    }
  }

  private func field(_ field: DescriptorField, at descriptor: Int) -> Int {
    let first = descriptor + 4 * field.rawValue
    return (0..<4).reduce(0) { $0 | Int(program.memory.bytes[first + $1]) << (8 * $1) }
  }

  /// A field of an operation's descriptor as the program has it.
  func field(_ field: DescriptorField, of operation: Int) -> Int {
    self.field(field, at: descriptors[operation])
  }

  /// Changes a field in memory; and the checksum with it.
  func set(
    _ field: DescriptorField, of operation: Int, to value: Int, keepsChecksum: Bool = false
  ) {
    let memory = accelerator.memory
    func address(_ field: DescriptorField) -> UInt64 {
      memory.addresses.lowerBound + UInt64(descriptors[operation] + 4 * field.rawValue)
    }
    let new = UInt32(truncatingIfNeeded: value)
    let old: UInt32 = memory.load(at: address(field))
    memory.store(new, at: address(field))
    guard !keepsChecksum else { return }
    let sum: UInt32 = memory.load(at: address(.checksum))
    memory.store(sum &+ old &- new, at: address(.checksum))
  }

  /// Runs what is in memory.
  @discardableResult
  func start(at offset: Int? = nil, image: Int? = nil) throws -> UInt64 {
    try accelerator.start(
      at: UInt32(offset ?? program.start), image: UInt32(image ?? self.image), limit: Self.limit)
  }

  /// Expects that what is in memory ends with `cause` at `operation`.
  func expectStop(
    _ cause: ProgramError, at operation: Int, image: Int? = nil, _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    do {
      try start(image: image)
      Issue.record("\(what): the program ends without an error", sourceLocation: sourceLocation)
    } catch let stop as ProgramStop {
      #expect(
        stop == ProgramStop(cause: cause, operation: operation), "\(what)",
        sourceLocation: sourceLocation)
    } catch {
      Issue.record("\(what): \(error)", sourceLocation: sourceLocation)
      throw error
    }
  }

  /// Runs the program as it is, and expects the golden model's numbers.
  func expectGood(_ what: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    try accelerator.run(program, limit: Self.limit)
    let bytes = UnsafeRawBufferPointer(accelerator.memory.bytes)
    for layer in program.network.model.layers.indices {
      #expect(
        program.output(ofLayer: layer, in: bytes) == expected.map { $0.layers[layer].pooled },
        "layer \(layer) after \(what)", sourceLocation: sourceLocation)
    }
    #expect(
      program.logits(in: bytes) == expected.map(\.logits), "after \(what)",
      sourceLocation: sourceLocation)
  }

  /// The addresses of a region, or of `bytes` from `offset` on.
  func addresses(_ offset: Int, _ bytes: Int) -> Range<UInt64> {
    let first = accelerator.memory.addresses.lowerBound + UInt64(offset)
    return first..<first + UInt64(bytes)
  }

  /// The first region of a kind.
  func region(_ kind: MemoryImage.Kind) -> MemoryImage.Region {
    program.memory.regions.first { $0.kind == kind }!
  }

  func offset(_ register: String) -> UInt32 {
    UInt32(Machine.acceleratorRegisters.offset(register)!)
  }
}
