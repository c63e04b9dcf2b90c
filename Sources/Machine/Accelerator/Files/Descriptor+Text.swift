// What the header and the datasheet say of programs: the words beside the names of Descriptor.swift.

/// Bits of a field of a descriptor that mean something by themselves.
public struct DescriptorPart: Sendable {
  /// Its name, as a C macro has it.
  public let name: String
  /// The lowest bit.
  public let low: Int
  /// How many bits.
  public let width: Int

  /// Its bits where they stand in the field.
  public var mask: UInt32 { (UInt32.max >> UInt32(32 - width)) << UInt32(low) }

  init(_ name: String, _ low: Int, _ width: Int) {
    self.name = name
    self.low = low
    self.width = width
  }
}

extension DescriptorField {
  /// What the field is: a sentence.
  public var doc: String {
    switch self {
    case .hash: "`PROGRAM_HASH` of the accelerator that the program is for."
    case .operation: "Bits 7...0: the operation; bits from 8 up: the flags."
    case .checksum: "Makes the sum of all fields zero, modulo 2^32."
    case .runsAndForm:
      "Bits 7...0: runs of images, listed after the descriptor; bits 9...8: how thresholds are stored "
        + "(0 exact, 1 in 16 bits, 2 in 8 bits); bits 15...10: what stored ones are shifted by."
    case .steps: "Reduction steps of a tile, K."
    case .weightOffset: "Weights of the first column block."
    case .weightLines: "Lines of a column block's weights; of a load, lines of what it reads."
    case .weightStep: "Bytes from a column block's weights to the next."
    case .weightRepeats: "How often a column block's weights are streamed."
    case .channelOffset:
      "Biases, multipliers and shifts of the first column block, one line; the blocks' lines follow."
    case .thresholdLines: "Lines of a task's thresholds in a column block."
    case .thresholdStep: "Bytes from a task's thresholds of a column block to the next."
    case .positions: "Output positions of an image, before pooling."
    case .slots: "Row slots of a column block; words of a load or a store."
    case .blocks: "Bits 15...0: column blocks; bits 31...16: columns in use in the last one."
    case .inputSize: "Bits 15...0: rows of the input; bits 31...16: its columns."
    case .outputSize:
      "Bits 15...0: rows of the output before pooling; bits 31...16: its columns."
    case .kernel: "Bits 15...0: rows of the kernel; bits 31...16: its columns."
    case .strideAndPadding: "Bits 15...0: stride; bits 31...16: padding."
    case .pixel:
      "Bits 15...0: words of an input's pixel; bits 31...16: channels in the last of them."
    case .columnStep: "Places from an output column's window to the next."
    case .rowStep: "Places from an output row's window to the next."
    case .imageStep: "Places from an image to the next."
    case .kernelRowStep: "Places from a kernel row to the next."
    case .inputBase: "Place of the first image; of a load or a store, the first place."
    case .outputBase:
      "Place of the first image's output; beats of a head's or a store's results."
    case .outputPixel: "Words of an output's pixel; of a head, where its images' classes go."
    case .originStep: "Places by which padding moves an image's first window before the image."
    case .clampLow: "The clamp's low end, signed."
    case .clampHigh: "The clamp's high end, signed."
    case .dataOffset: "Where a head's or a store's results go; what a load reads."
    case .counterOffset: "Where the counters go."
    }
  }

  /// The parts of a field that has several; empty for a number.
  public var parts: [DescriptorPart] {
    switch self {
    case .operation: [DescriptorPart("CODE", 0, 8)]
    case .runsAndForm:
      [
        DescriptorPart("RUNS", 0, 8), DescriptorPart("THRESHOLD_FORMAT", 8, 2),
        DescriptorPart("THRESHOLD_SHIFT", 10, 6),
      ]
    case .blocks: [DescriptorPart("COUNT", 0, 16), DescriptorPart("LAST_COLUMNS", 16, 16)]
    case .inputSize, .outputSize, .kernel:
      [DescriptorPart("ROWS", 0, 16), DescriptorPart("COLUMNS", 16, 16)]
    case .strideAndPadding: [DescriptorPart("STRIDE", 0, 16), DescriptorPart("PADDING", 16, 16)]
    case .pixel: [DescriptorPart("WORDS", 0, 16), DescriptorPart("LAST_CHANNELS", 16, 16)]
    default: []
    }
  }

  /// The parts of the first 64 bits of a run, which follows a descriptor in 16 bytes.
  public static let runParts = [
    (word: 0, part: DescriptorPart("IMAGES", 0, 16), doc: "Images of the run."),
    (word: 0, part: DescriptorPart("TASK", 16, 16), doc: "Their task."),
    (word: 1, part: DescriptorPart("THRESHOLDS", 0, 32), doc: "Offset of the task's thresholds."),
  ]
}

extension ProgramOperation {
  /// The operations by number.
  public static let all: [ProgramOperation] = [.end, .load, .layer, .store]

  /// What the operation does: a sentence.
  public var doc: String {
    switch self {
    case .end: "The program is done."
    case .load: "Words of DRAM to an activation buffer."
    case .layer: "A layer, from one activation buffer to the other or, of a head, to DRAM."
    case .store: "Words of an activation buffer to DRAM."
    }
  }
}

extension DescriptorFlag {
  /// What the flag says: a sentence.
  public var doc: String {
    switch self {
    case .skip: "Leave out steps of zeros."
    case .raw: "A head: accumulators leave as they are, to DRAM."
    case .signedInput: "The input's activations are signed."
    case .signedOutput: "The output's activations are signed."
    case .pooled: "A 2x2 max-pool follows."
    case .windows: "Slots in 2x2 windows, else row by row."
    case .thresholds: "There are thresholds, else they are all zero."
    case .weightsResident: "A column block's weights stay in their buffer for all its tiles."
    case .thresholdsResident: "A run's thresholds stay in their buffer for all its images."
    case .secondBuffer:
      "The input is in buffer 1, and the output goes to buffer 0; of a load or a store, the buffer is 1."
    case .counters: "The counters are written at the operation's end."
    }
  }
}

extension ProgramError {
  /// What went wrong: a sentence.
  public var doc: String {
    switch self {
    case .none: "Nothing."
    case .hash: "A descriptor has the hash of another configuration."
    case .checksum: "The fields of a descriptor do not sum to zero."
    case .operation: "There is no operation of that number."
    case .zeroSize: "A size of a descriptor is zero, or there are more runs than tasks."
    case .address: "A transfer is not inside the memory's image, or does not begin a beat."
    case .read: "The memory answered a read with an error."
    case .write: "The memory answered a write with an error."
    case .place: "A place is not inside the activation buffer."
    case .stuck:
      "Nothing has happened for 2^14 cycles, and the memory has nothing to answer: fields of the "
        + "descriptor contradict each other."
    case .stopped: "The program was stopped by the STOP command."
    }
  }
}

extension String {
  /// `weightsResident` as `WEIGHTS_RESIDENT`, `act.read` as `ACT_READ`.
  var asMacro: String {
    reduce("") { $0 + ($1 == "." ? "_" : $1.isUppercase ? "_\($1)" : $1.uppercased()) }
  }
}
