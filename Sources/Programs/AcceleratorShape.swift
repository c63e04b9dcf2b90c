import HDL
import Machine

/// What a program has to know of an accelerator: its parameters and what follows from them.
public struct AcceleratorShape: Sendable, Hashable {
  /// The values of its parameters.
  public let sizes: AcceleratorSizes

  /// The accelerator with `parameters`; the others have the Verilog's defaults.
  ///
  /// - Throws: `ProgramFailure` where a parameter is unknown or outside its range, or the bus is not a
  ///   power of two wide.
  public init(_ parameters: Configuration = [:]) throws {
    if let lanes = parameters["LANES"] {
      throw ProgramFailure(
        "LANES is \(lanes); the accelerator has no such parameter, but a lane for each column")
    }
    do {
      sizes = AcceleratorSizes(try Machine.accelerator.parameterValues(parameters))
    } catch let error as HDLError {
      // The first: a wrong value may make the range of the next one wrong.
      throw ProgramFailure(error.diagnostics[0].message)
    }
    guard sizes.busWidth.nonzeroBitCount == 1 else {
      throw ProgramFailure(
        "AXI_DATA_WIDTH is \(sizes.busWidth) and must be a power of two: 32, 64, 128, 256 or 512")
    }
  }

  /// An accelerator to model only: of sizes beyond the Verilog's ranges, or with buffers that hold
  /// everything.
  ///
  /// - Throws: `ProgramFailure` where a size has no meaning.
  public init(modelled sizes: AcceleratorSizes) throws {
    try sizes.check()
    self.sizes = sizes
  }

  /// Why the Verilog cannot be built so, and the shape is model-only; nil where it can.
  public var modelOnlyReason: String? {
    let buffers = [sizes.actBufferKB, sizes.weightBufferKB, sizes.thresholdBufferKB]
    if buffers.contains(nil) { return "a buffer is infinite" }
    do {
      _ = try AcceleratorShape(parameters)
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// Value of each of the accelerator's Verilog parameters; none for a buffer that holds everything.
  public var parameters: Configuration { sizes.parameters }

  /// Row slots of the array.
  public var rows: Int { sizes.rows }
  /// Output channels of the array, and channels of a word of activations.
  public var columns: Int { sizes.columns }
  /// Words of activations that are read together.
  public var banks: Int { sizes.banks }
  /// Bits of an activation.
  public var actWidth: Int { sizes.actWidth }
  /// Whether activations may be signed.
  public var hasSignedActivations: Bool { sizes.hasSignedActivations }
  /// Bits of a weight.
  public var weightWidth: Int { sizes.weightWidth }
  /// Bits of accumulators, biases and thresholds.
  public var accWidth: Int { sizes.accWidth }
  /// Bits of a multiplier; 0 where there is none.
  public var multWidth: Int { sizes.multWidth }
  /// Number of the rounding in `ROUNDING`.
  public var rounding: Int { sizes.rounding }
  /// Bits of a task id.
  public var taskWidth: Int { sizes.taskWidth }
  /// Bits of a row's count of steps.
  public var countWidth: Int { sizes.countWidth }
  /// Registers behind a lane's multiplier.
  public var laneExtra: Int { sizes.laneExtra }
  /// Bits of a beat on the memory's bus.
  public var busWidth: Int { sizes.busWidth }
  /// Runs of images that a layer can have.
  public var runs: Int { 1 << taskWidth }
  /// Channels of a place of an activation buffer.
  public var placeChannels: Int { columns * banks }

  /// Places of an activation buffer; each has `banks` words of `columns` channels.
  public var places: Int { Self.units(sizes.actBufferKB, of: placeChannels * actWidth) }

  /// A word of activations, as it is loaded.
  public var actLine: LineForm { LineForm(width: columns * actWidth, bus: busWidth) }
  /// A word of weights: those of one step for all columns.
  public var weightLine: LineForm { LineForm(width: columns * weightWidth, bus: busWidth) }
  /// A word of thresholds: those of one position for all columns.
  public var thresholdLine: LineForm { LineForm(width: columns * accWidth, bus: busWidth) }
  /// The same in the form that a layer's thresholds have.
  public func thresholdLine(_ form: ThresholdForm) -> LineForm {
    let bits = [accWidth, 16, 8][form.format]
    return LineForm(packing: form.format, width: columns * bits, in: thresholdLine)
  }
  /// What goes with the columns of a block: bias, multiplier and shift of each.
  public var channelLine: LineForm {
    LineForm(width: columns * (accWidth + max(multWidth, 1) + 6), bus: busWidth)
  }
  /// A place of an activation buffer, as it is stored.
  var placeLine: LineForm { LineForm(width: placeChannels * actWidth, bus: busWidth) }
  /// A word of logits.
  var logitLine: LineForm { LineForm(width: columns * accWidth, bus: busWidth) }

  /// Cycles from the last PE's operands to a result.
  var latency: Int { 5 + laneExtra }
  /// Cycles from a layer's last step to its last result.
  var drainCycles: Int { 2 * rows + columns - 2 + latency }

  /// Beats of a layer's descriptor and its runs of images.
  func programBeats(runs: Int) -> Int {
    (DescriptorField.bytes + runs.dividedRoundingUp(by: 8) * 8 * DescriptorField.runBytes) * 8
      / busWidth
  }

  /// Lines of the weight buffer.
  public var weightLines: Int {
    Self.units(sizes.weightBufferKB, of: weightLine.width << weightLine.wordsLog2)
  }

  /// Lines of the threshold buffer.
  public var thresholdLines: Int {
    Self.units(sizes.thresholdBufferKB, of: thresholdLine.width << thresholdLine.wordsLog2)
  }

  /// How many of `bits` a buffer holds, at least two.
  private static func units(_ kilobytes: Int?, of bits: Int) -> Int {
    kilobytes.map { max(2, $0 * 8192 / bits) } ?? .max
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
  public let wordsLog2: Int
  /// Beats of a line.
  public let beats: Int

  /// Lines of words of `width` bits on a bus of `bus` bits.
  init(width: Int, bus: Int) {
    let words = max(1, bus / width)
    self.width = width
    self.bus = bus
    wordsLog2 = Int.bitWidth - 1 - words.leadingZeroBitCount
    beats = (width + bus - 1) / bus
  }

  /// Lines like those of `exact`, with 2^packing times as many words of `width` bits.
  init(packing: Int, width: Int, in exact: LineForm) {
    self.width = width
    bus = exact.bus
    wordsLog2 = exact.wordsLog2 + packing
    beats = exact.beats
  }

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

/// How a layer's thresholds are stored.
public struct ThresholdForm: Sendable, Equatable {
  /// 0 exact, 1 in 16 bits, 2 in 8 bits.
  public let format: Int
  /// What packed ones are shifted by.
  public let shift: Int

  /// As they are.
  public static let exact = ThresholdForm(format: 0, shift: 0)
  /// In 16 bits.
  public static let bits16 = ThresholdForm(format: 1, shift: 0)
  /// In 8 bits.
  public static let bits8 = ThresholdForm(format: 2, shift: 0)

  /// The smallest form in which all of `thresholds` are themselves.
  static func smallest(for thresholds: some Sequence<Int64>, accWidth: Int) -> ThresholdForm {
    guard accWidth >= 32 else { return .exact }
    var (low, high, zeros) = (Int64.max, Int64.min, 63)
    for threshold in thresholds {
      low = min(low, threshold)
      high = max(high, threshold)
      if threshold != 0 { zeros = min(zeros, threshold.trailingZeroBitCount) }
    }
    guard low <= high else { return .exact }
    for (format, bits) in [(2, 8), (1, 16)] {
      let range = -(Int64(1) << (bits - 1))...(Int64(1) << (bits - 1)) - 1
      if range.contains(low >> zeros), range.contains(high >> zeros) {
        return ThresholdForm(format: format, shift: zeros == 63 ? 0 : zeros)
      }
    }
    return .exact
  }
}

/// A network, a batch and an accelerator that do not go together: one sentence.
public struct ProgramFailure: Error, Equatable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}
