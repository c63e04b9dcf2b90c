import HDL

/// One operation of a program in the accelerator's memory: 32 fields of 32 bits.
///
/// The one source of the fields' places: the hardware reads them and the compiler writes them.
public enum DescriptorField: Int, Sendable, CaseIterable {
  /// `PROGRAM_HASH` of the accelerator that the program is for.
  case hash = 0
  /// Bits 7...0: the operation; bits from 8 up: the flags.
  case operation
  /// Makes the sum of all fields zero, modulo 2^32.
  case checksum
  /// Bits 7...0: runs of images, listed after the descriptor; bits 9...8: how thresholds are stored
  /// (0 exact, 1 in 16 bits, 2 in 8 bits); bits 15...10: what stored ones are shifted by.
  case runsAndForm
  /// Reduction steps of a tile, K.
  case steps
  /// Weights of the first column block.
  case weightOffset
  /// Lines of a column block's weights; of a load, lines of what it reads.
  case weightLines
  /// Bytes from a column block's weights to the next.
  case weightStep
  /// How often a column block's weights are streamed.
  case weightRepeats
  /// Biases, multipliers and shifts of the first column block, one line; the blocks' lines follow.
  case channelOffset
  /// Lines of a task's thresholds in a column block.
  case thresholdLines
  /// Bytes from a task's thresholds of a column block to the next.
  case thresholdStep
  /// Output positions of an image, before pooling.
  case positions
  /// Row slots of a column block; words of a load or a store.
  case slots
  /// Bits 15...0: column blocks; bits 31...16: columns in use in the last one.
  case blocks
  /// Bits 15...0: rows of the input; bits 31...16: its columns.
  case inputSize
  /// Bits 15...0: rows of the output before pooling; bits 31...16: its columns.
  case outputSize
  /// Bits 15...0: rows of the kernel; bits 31...16: its columns.
  case kernel
  /// Bits 15...0: stride; bits 31...16: padding.
  case strideAndPadding
  /// Bits 15...0: words of an input's pixel; bits 31...16: channels in the last of them.
  case pixel
  /// Places from an output column's window to the next.
  case columnStep
  /// Places from an output row's window to the next.
  case rowStep
  /// Places from an image to the next.
  case imageStep
  /// Places from a kernel row to the next.
  case kernelRowStep
  /// Place of the first image; of a load or a store, the first place.
  case inputBase
  /// Place of the first image's output; beats of a head's or a store's results.
  case outputBase
  /// Words of an output's pixel; of a head, where its images' classes go.
  case outputPixel
  /// Places by which padding moves an image's first window before the image.
  case originStep
  /// The clamp's low end, signed.
  case clampLow
  /// The clamp's high end, signed.
  case clampHigh
  /// Where a head's or a store's results go; what a load reads.
  case dataOffset
  /// Where the counters go.
  case counterOffset

  /// Bytes of a descriptor.
  public static let bytes = 4 * allCases.count
  /// Bytes of a run: bits 15...0 images, 31...16 task, 63...32 offset of the task's thresholds.
  public static let runBytes = 16
}

/// What a program asks for.
public enum ProgramOperation: Int, Sendable {
  /// The program is done.
  case end = 0
  /// Words of DRAM to an activation buffer.
  case load
  /// A layer, from one activation buffer to the other or, of a head, to DRAM.
  case layer
  /// Words of an activation buffer to DRAM.
  case store
}

/// Bits of a descriptor's `operation` field.
public enum DescriptorFlag: Int, Sendable, CaseIterable {
  /// Leave out steps of zeros.
  case skip = 8
  /// A head: accumulators leave as they are, to DRAM.
  case raw
  /// The input's activations are signed.
  case signedInput
  /// The output's activations are signed.
  case signedOutput
  /// A 2x2 max-pool follows.
  case pooled
  /// Slots in 2x2 windows, else row by row.
  case windows
  /// There are thresholds, else they are all zero.
  case thresholds
  /// A column block's weights stay in their buffer for all its tiles.
  case weightsResident
  /// A run's thresholds stay in their buffer for all its images.
  case thresholdsResident
  /// The input is in buffer 1, and the output goes to buffer 0; of a load or a store, the buffer is 1.
  case secondBuffer
  /// The counters are written at the operation's end.
  case counters
}

/// Why a program ended.
public enum ProgramError: Int, Sendable, CaseIterable {
  case none = 0
  /// A descriptor has the hash of another configuration.
  case hash
  /// The fields of a descriptor do not sum to zero.
  case checksum
  /// There is no operation of that number.
  case operation
  /// A size of a descriptor is zero, or there are more runs than tasks.
  case zeroSize
  /// A transfer is not inside the memory's image, or does not begin a beat.
  case address
  /// The memory answered a read with an error.
  case read
  /// The memory answered a write with an error.
  case write
  /// A place is not inside the activation buffer.
  case place
  /// Nothing has happened for 2^14 cycles, and the memory has nothing to answer: fields of the
  /// descriptor contradict each other.
  case stuck
  /// The program was stopped by the STOP command.
  case stopped
}
