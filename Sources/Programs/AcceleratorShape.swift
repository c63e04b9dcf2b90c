import HDL
import Machine

/// What a program has to know of an accelerator: its parameters and what follows from them.
public struct AcceleratorShape: Sendable, Hashable {
  /// Value of each of the accelerator's Verilog parameters.
  public let parameters: Configuration

  /// The accelerator with `parameters`; the others have the Verilog's defaults.
  ///
  /// - Throws: `HDLError` where a parameter is unknown or outside its range; `ProgramFailure` where
  ///   the bus is not a power of two wide.
  public init(_ parameters: Configuration = [:]) throws {
    self.parameters = try Machine.accelerator.parameterValues(parameters)
    let width = self.parameters["AXI_DATA_WIDTH"]!
    guard width.nonzeroBitCount == 1 else {
      throw ProgramFailure(
        "AXI_DATA_WIDTH is \(width) and must be a power of two: 32, 64, 128, 256 or 512")
    }
  }

  private subscript(name: String) -> Int { parameters[name]! }

  /// Row slots of the array.
  public var rows: Int { self["ROWS"] }
  /// Output channels of the array, and channels of a word of activations.
  public var columns: Int { self["COLS"] }
  /// Words of activations that are read together.
  public var banks: Int { self["FEED_BANKS"] }
  /// Bits of an activation.
  public var actWidth: Int { self["ACT_WIDTH"] }
  /// Whether activations may be signed.
  public var hasSignedActivations: Bool { self["ACT_SIGNED"] == 1 }
  /// Bits of a weight.
  public var weightWidth: Int { self["WEIGHT_WIDTH"] }
  /// Bits of accumulators, biases and thresholds.
  public var accWidth: Int { self["ACC_WIDTH"] }
  /// Bits of a multiplier; 0 where there is none.
  public var multWidth: Int { self["MULT_WIDTH"] }
  /// Number of the rounding in `ROUNDING`.
  public var rounding: Int { self["ROUNDING"] }
  /// Bits of a task id.
  public var taskWidth: Int { self["TASK_WIDTH"] }
  /// Bits of a row's count of steps.
  public var countWidth: Int { self["COUNT_WIDTH"] }
  /// Bits of a beat on the memory's bus.
  public var busWidth: Int { self["AXI_DATA_WIDTH"] }
  /// Runs of images that a layer can have.
  public var runs: Int { 1 << taskWidth }

  /// Places of an activation buffer; each has `banks` words of `columns` channels.
  public var places: Int {
    max(2, self["ACT_BUFFER_KB"] * 8192 / (banks * columns * actWidth))
  }

  /// A word of activations, as it is loaded.
  public var actLine: LineForm { LineForm(width: columns * actWidth, bus: busWidth) }
  /// A word of weights: those of one step for all columns.
  public var weightLine: LineForm { LineForm(width: columns * weightWidth, bus: busWidth) }
  /// A word of thresholds: those of one position for all columns.
  public var thresholdLine: LineForm { LineForm(width: columns * accWidth, bus: busWidth) }
  /// What goes with the columns of a block: bias, multiplier and shift of each.
  public var channelLine: LineForm {
    LineForm(width: columns * (accWidth + max(multWidth, 1) + 6), bus: busWidth)
  }

  /// Lines of the weight buffer.
  public var weightLines: Int {
    max(2, self["WEIGHT_BUFFER_KB"] * 8192 / (weightLine.width << weightLine.wordsLog2))
  }

  /// Lines of the threshold buffer.
  public var thresholdLines: Int {
    max(2, self["THRESHOLD_BUFFER_KB"] * 8192 / (thresholdLine.width << thresholdLine.wordsLog2))
  }

  /// The hash that the accelerator compares every descriptor's with.
  public var hash: UInt32 { Machine.programHash(parameters) }
}

/// How words of one width stand in DRAM: several in a beat, or one in several beats.
public struct LineForm: Sendable, Hashable {
  /// Bits of a word.
  public let width: Int
  /// Bits of a beat.
  public let bus: Int

  /// Words of a line, log2.
  public var wordsLog2: Int {
    let words = max(1, bus / width)
    return Int.bitWidth - 1 - words.leadingZeroBitCount
  }
  /// Beats of a line.
  public var beats: Int { (width + bus - 1) / bus }
  /// Bytes of a line.
  public var bytes: Int { beats * bus / 8 }
  /// Lines that `words` words take.
  public func lines(_ words: Int) -> Int { (words + (1 << wordsLog2) - 1) >> wordsLog2 }
  /// Bytes that `words` words take.
  public func bytes(_ words: Int) -> Int { lines(words) * bytes }

  /// The bit at which word `number` begins, counted from its block.
  func bit(ofWord number: Int) -> Int {
    (number >> wordsLog2) * bytes * 8 + (number & ((1 << wordsLog2) - 1)) * width
  }
}

/// A network, a batch and an accelerator that do not go together: one sentence.
public struct ProgramFailure: Error, Equatable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}
