import Programs
import Testing

@testable import Cosimulation
@testable import Machine

/// Programs that cannot run end with their error and the operation's number, and leave the accelerator
/// ready for the next program.
@Suite struct ProgramErrorTests {
  /// A change of one field, and how the program ends by it.
  struct Change: Sendable, CustomTestStringConvertible {
    let name: String
    let operation: Int
    let field: DescriptorField
    /// The new value, of the old one and the image's bytes.
    let value: @Sendable (Int, Int) -> Int
    let cause: ProgramError
    var keepsChecksum = false
    var testDescription: String { name }
  }

  private static let low: @Sendable (Int, Int) -> Int = { old, _ in old & ~0xFFFF }
  private static let high: @Sendable (Int, Int) -> Int = { old, _ in old & 0xFFFF }
  private static let none: @Sendable (Int, Int) -> Int = { _, _ in 0 }
  private static let past: @Sendable (Int, Int) -> Int = { _, image in (image + 3) & ~3 }
  private static let far: @Sendable (Int, Int) -> Int = { _, _ in 0xFFFF_FF00 }

  private static func zero(
    _ name: String, _ field: DescriptorField, _ value: @escaping @Sendable (Int, Int) -> Int,
    of operation: Int = ProgramBench.layer, cause: ProgramError = .zeroSize
  ) -> Change {
    Change(
      name: "\(name) zero", operation: operation, field: field, value: value, cause: cause)
  }

  static let damaged: [Change] = [
    Change(
      name: "hash of another accelerator", operation: 0, field: .hash, value: { old, _ in old ^ 1 },
      cause: .hash),
    Change(
      name: "hash of another accelerator, later", operation: 3, field: .hash,
      value: { old, _ in old ^ 1 << 31 }, cause: .hash),
    Change(
      name: "broken checksum", operation: 2, field: .checksum, value: { old, _ in old &+ 1 },
      cause: .checksum, keepsChecksum: true),
    Change(
      name: "damaged field", operation: 1, field: .clampHigh, value: { old, _ in old ^ 4 },
      cause: .checksum, keepsChecksum: true),
    Change(
      name: "unknown operation", operation: 1, field: .operation,
      value: { old, _ in old & ~0xFF | 4 },
      cause: .operation),
    Change(
      name: "unknown operation of high bits", operation: 1, field: .operation,
      value: { old, _ in old | 0x80 }, cause: .operation),
    Change(
      name: "unknown end", operation: 6, field: .operation, value: { _, _ in 0xFF },
      cause: .operation),
  ]

  static let sizes: [Change] =
    [
      zero("runs", .runsAndForm) { old, _ in old & ~0xFF },
      zero("lines of weights", .weightLines, none), zero("repeats", .weightRepeats, none),
      zero("lines of thresholds", .thresholdLines, none), zero("positions", .positions, none),
      zero("slots", .slots, none), zero("blocks", .blocks, low),
      zero("columns of the last block", .blocks, high), zero("rows of the input", .inputSize, low),
      zero("columns of the input", .inputSize, high), zero("rows of the output", .outputSize, low),
      zero("columns of the output", .outputSize, high), zero("rows of the kernel", .kernel, low),
      zero("columns of the kernel", .kernel, high), zero("stride", .strideAndPadding, low),
      zero("words of a pixel", .pixel, low), zero("channels of the last word", .pixel, high),
      zero("words of a load", .slots, none, of: 0),
      zero("lines of a load", .weightLines, none, of: 0),
      zero("words of a store", .slots, none, of: ProgramBench.store),
      zero("beats of a store", .outputBase, none, of: ProgramBench.store, cause: .address),
      zero("beats of a head", .outputBase, none, of: 5, cause: .address),
      // Bits that nobody reads do not make a size.
      zero("slots, of 24 bits,", .slots) { _, _ in 1 << 24 },
      zero("lines of weights, of 24 bits,", .weightLines) { _, _ in 1 << 24 },
      zero("rows of the input, of 10 bits,", .inputSize) { old, _ in old & ~0xFFFF | 1 << 10 },
      zero("columns of the kernel, of 10 bits,", .kernel) { old, _ in old & 0xFFFF | 1 << 26 },
      zero("stride, of 4 bits,", .strideAndPadding) { old, _ in old & ~0xFFFF | 16 },
    ]

  private static func outside(
    _ name: String, _ field: DescriptorField, of operation: Int,
    _ value: @escaping @Sendable (Int, Int) -> Int = past
  ) -> Change {
    Change(name: name, operation: operation, field: field, value: value, cause: .address)
  }

  static let offsets: [Change] = [
    outside("weights", .weightOffset, of: 1), outside("weights, far", .weightOffset, of: 1, far),
    outside("later weights", .weightStep, of: 1), outside("channels", .channelOffset, of: 3),
    outside("later thresholds", .thresholdStep, of: 1),
    outside("a load", .dataOffset, of: 0), outside("a load, far", .dataOffset, of: 0, far),
    outside("a store", .dataOffset, of: 2), outside("a store, far", .dataOffset, of: 4, far),
    outside("a head's results", .dataOffset, of: 5), outside("counters", .counterOffset, of: 0),
    outside("counters, far", .counterOffset, of: 5, far),
    outside("the last beat of counters", .counterOffset, of: 1) { _, image in image & ~3 - 64 },
    outside("the last beat of a load", .dataOffset, of: 0) { _, image in image & ~3 - 4 },
    outside("too many lines of weights", .weightLines, of: 1) { _, _ in 0xFF_FFFF },
    outside("too many lines of thresholds", .thresholdLines, of: 1) { _, _ in 0xFF_FFFF },
    outside("too many lines of a load", .weightLines, of: 0) { _, _ in 0xFF_FFFF },
    outside("too many beats", .outputBase, of: 2) { _, _ in 0xFF_FFFF },
    outside("weights inside a beat", .weightOffset, of: 1) { old, _ in old + 2 },
    outside("later weights inside a beat", .weightStep, of: 1) { old, _ in old + 1 },
    outside("thresholds inside a beat", .thresholdStep, of: 1) { old, _ in old + 3 },
    outside("a store inside a beat", .dataOffset, of: 2) { old, _ in old + 1 },
    outside("results inside a beat", .dataOffset, of: 5) { old, _ in old + 2 },
    outside("classes inside a beat", .outputPixel, of: 5) { old, _ in old + 1 },
    outside("counters inside a beat", .counterOffset, of: 3) { old, _ in old + 2 },
  ]

  static let places: [Change] = [
    (0, DescriptorField.inputBase, "a load"), (1, .inputBase, "a layer's input"),
    (1, .outputBase, "a layer's output"), (2, .inputBase, "a store"),
  ].flatMap { operation, field, name in
    [340, 400, 511, 512, 0xFFFF_FFFF].map { place in
      Change(
        name: "\(name) at \(place)", operation: operation, field: field, value: { _, _ in place },
        cause: .place)
    }
  }

  @Test(arguments: ["damaged", "sizes", "offsets", "places"])
  func refusesChangedDescriptors(group: String) throws {
    let groups = [
      "damaged": Self.damaged, "sizes": Self.sizes, "offsets": Self.offsets, "places": Self.places,
    ]
    let bench = try ProgramBench()
    try bench.expectGood("reset")
    for change in groups[group]! {
      bench.place()
      bench.set(
        change.field, of: change.operation,
        to: change.value(bench.field(change.field, of: change.operation), bench.image),
        keepsChecksum: change.keepsChecksum)
      try bench.expectStop(change.cause, at: change.operation, change.name)
      try bench.expectGood(change.name)
    }
  }

  @Test func refusesThresholdsOutside() throws {
    let bench = try ProgramBench()
    bench.place()
    // The offset of the second run's thresholds.
    let run = bench.addresses(bench.descriptors[1] + DescriptorField.bytes + 16 + 4, 4)
    bench.accelerator.memory.store(UInt32(bench.image + 3 & ~3), at: run.lowerBound)
    try bench.expectStop(.address, at: 1, "thresholds outside")
    try bench.expectGood("thresholds outside")
  }

  @Test func refusesAProgramOutside() throws {
    let bench = try ProgramBench()
    for offset in [(bench.image + 127) & ~127, 0xFFFF_FF80] {
      bench.place()
      #expect(throws: ProgramStop(cause: .address, operation: 0)) { try bench.start(at: offset) }
      try bench.expectGood("a program at \(offset)")
    }
    // The image ends before the last descriptor, or between a descriptor and its runs.
    bench.place()
    try bench.expectStop(.address, at: 6, image: bench.descriptors[6], "no end")
    try bench.expectGood("no end")
    bench.place()
    #expect(throws: ProgramStop(cause: .address, operation: 0)) { try bench.start(image: 0) }
    try bench.expectGood("no image")
  }

  @Test func anEmptyProgramEnds() throws {
    let bench = try ProgramBench()
    bench.place()
    try bench.start(at: bench.descriptors.last!)
    try bench.expectGood("an empty program")
  }

  /// Ranges of the image, the operation that first uses each, and how it ends where memory refuses.
  private func ranges(
    _ bench: ProgramBench
  ) -> [(name: String, range: Range<UInt64>, operation: Int, cause: ProgramError)] {
    func first(_ kind: MemoryImage.Kind) -> Range<UInt64> {
      let region = bench.region(kind)
      return bench.addresses(region.offset, region.bytes)
    }
    let last = bench.program.operations.count - 1
    let counters = [
      ("the first counters", 0), ("a layer's counters", 1), ("the last counters", last),
    ]
    .compactMap { name, operation in
      bench.program.operations[operation].counters.map {
        (name, bench.addresses($0, 4), operation, ProgramError.write)
      }
    }
    let descriptors = bench.descriptors
    let head = bench.program.operations[5].data!
    return [
      ("weights", first(.weights), 1, .read), ("channels", first(.channels), 1, .read),
      ("thresholds", first(.thresholds), 1, .read), ("images", first(.activations), 0, .read),
      ("the first descriptor", bench.addresses(descriptors[0], 128), 0, .read),
      ("a later descriptor", bench.addresses(descriptors[3] + 64, 4), 3, .read),
      ("runs", bench.addresses(descriptors[1] + 128, 128), 1, .read),
      ("a run", bench.addresses(descriptors[3] + 128 + 16, 4), 3, .read),
      ("the end", bench.addresses(descriptors.last!, 128), descriptors.count - 1, .read),
      ("stored outputs", first(.results), 2, .write),
      ("logits", bench.addresses(head, 4), 5, .write),
    ] + counters
  }

  @Test(arguments: [false, true]) func reportsErrorsOfMemory(writesCounters: Bool) throws {
    let bench = try ProgramBench(writesCounters: writesCounters)
    for (name, range, operation, cause) in ranges(bench) {
      for isOneBeat in [false, true] {
        bench.place()
        let first = range.lowerBound & ~3
        bench.accelerator.setBroken([isOneBeat ? first..<first + 4 : range])
        try bench.expectStop(cause, at: operation, "\(name) broken")
        bench.accelerator.setBroken([])
        try bench.expectGood("\(name) broken")
      }
    }
  }

  /// The image is said to be larger than the memory.
  @Test func reportsAddressesWithoutMemory() throws {
    let bench = try ProgramBench()
    let nowhere = bench.accelerator.memory.bytes.count
    for (field, operation, cause) in [
      (.weightOffset, 1, .read), (.channelOffset, 1, .read), (.dataOffset, 0, .read),
      (.dataOffset, 2, .write), (.dataOffset, 5, .write), (.counterOffset, 3, .write),
    ] as [(DescriptorField, Int, ProgramError)] {
      bench.place()
      bench.set(field, of: operation, to: nowhere)
      try bench.expectStop(cause, at: operation, image: nowhere + 0x10000, "\(field) nowhere")
      try bench.expectGood("\(field) nowhere")
    }
  }

  /// The same with everything late and out of order.
  @Test func reportsErrorsUnderStalls() throws {
    let bench = try ProgramBench()
    bench.accelerator.setStalls(BusStalls(probability: 0.5, seed: 3))
    bench.accelerator.setTiming(MemoryTiming(readLatency: 40, writeLatency: 50))
    bench.accelerator.setReorder(seed: 4)
    for (name, range, operation, cause) in ranges(bench) {
      bench.place()
      bench.accelerator.setBroken([range])
      try bench.expectStop(cause, at: operation, "\(name) broken")
      bench.accelerator.setBroken([])
      try bench.expectGood("\(name) broken")
    }
  }
}
