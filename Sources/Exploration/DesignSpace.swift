import Mapping
import Programs

/// What is varied from design to design.
public struct Design: Sendable, Hashable {
  public let rows, columns, banks: Int
  public let mode: TaskMode
  /// Leave out steps in which all rows of a tile are zero.
  public let skips: Bool
  /// Bits of a beat of the memory's bus.
  public let busWidth: Int
  /// KB of each of the two activation buffers, of weights, and of thresholds.
  public let actBufferKB, weightBufferKB, thresholdBufferKB: Int

  /// Bits of all buffers.
  public var bufferBits: Int { (2 * actBufferKB + weightBufferKB + thresholdBufferKB) * 8192 }

  /// An accelerator of this design; what is not varied is that of `base`.
  public func sizes(_ base: AcceleratorSizes) -> AcceleratorSizes {
    var sizes = base
    sizes.rows = rows
    sizes.columns = columns
    sizes.banks = banks
    sizes.busWidth = busWidth
    sizes.actBufferKB = actBufferKB
    sizes.weightBufferKB = weightBufferKB
    sizes.thresholdBufferKB = thresholdBufferKB
    return sizes
  }

  /// Whether `other` has the same events but those of buffers and memory.
  func sharesArray(with other: Design) -> Bool {
    rows == other.rows && columns == other.columns && banks == other.banks && mode == other.mode
      && skips == other.skips
  }
}

/// All combinations of some values of parameters, in a fixed order: buffers and bus change fastest.
public struct DesignSpace: Sendable {
  /// Values of each parameter.
  public struct Axes: Sendable {
    public var rows = NumberList(16)
    public var columns = NumberList(16)
    /// Rows times columns that are taken; nil for all.
    public var elements: ClosedRange<Int>?
    public var banks = NumberList(2)
    public var modes = [TaskMode.pipelined]
    public var skips = [false]
    public var busWidths = NumberList(128)
    public var actBuffersKB = NumberList(128)
    public var weightBuffersKB = NumberList(128)
    public var thresholdBuffersKB = NumberList(16)

    public init() {}
  }

  /// More designs than that are refused.
  public static let limit = 4_000_000

  public let axes: Axes
  /// The number of designs; at least one.
  public let count: Int
  private let arrays: [(rows: Int, columns: Int)]

  /// The designs of `axes`.
  ///
  /// - Throws: `ExplorationError` where there is none or there are too many, `ProgramFailure` where a value has
  ///   no meaning.
  public init(_ axes: Axes) throws {
    self.axes = axes
    try Self.check(axes)
    guard axes.rows.values.count * axes.columns.values.count <= 4 * Self.limit else {
      throw Self.tooMany()
    }
    var arrays: [(rows: Int, columns: Int)] = []
    for rows in axes.rows.values {
      for columns in axes.columns.values
      where axes.elements?.contains(rows * columns) ?? true {
        arrays.append((rows, columns))
        guard arrays.count <= Self.limit else { throw Self.tooMany() }
      }
    }
    guard !arrays.isEmpty else {
      let elements = axes.elements!
      let size =
        elements.count == 1
        ? "\(elements.lowerBound)" : "\(elements.lowerBound) to \(elements.upperBound)"
      throw ExplorationError("no design is left: no rows times columns are \(size) PEs")
    }
    self.arrays = arrays
    let others = [
      axes.banks.values.count, axes.modes.count, axes.skips.count, axes.busWidths.values.count,
      axes.actBuffersKB.values.count, axes.weightBuffersKB.values.count,
      axes.thresholdBuffersKB.values.count,
    ]
    var count = arrays.count
    for values in others {
      count *= values
      guard count <= Self.limit else { throw Self.tooMany() }
    }
    self.count = count
  }

  private static func tooMany() -> ExplorationError {
    ExplorationError(
      "there are more than \(limit) designs; take fewer values, larger steps or --pes")
  }

  /// That the model takes every value.
  private static func check(_ axes: Axes) throws {
    func check(_ list: NumberList, _ size: WritableKeyPath<AcceleratorSizes, Int>) throws {
      for value in list.values {
        var sizes = AcceleratorSizes()
        sizes[keyPath: size] = value
        _ = try AcceleratorShape(modelled: sizes)
      }
    }
    func check(_ list: NumberList, _ size: WritableKeyPath<AcceleratorSizes, Int?>) throws {
      var sizes = AcceleratorSizes()
      sizes[keyPath: size] = list.values.last!
      _ = try AcceleratorShape(modelled: sizes)
    }
    try check(axes.rows, \.rows)
    try check(axes.columns, \.columns)
    try check(axes.banks, \.banks)
    try check(axes.busWidths, \.busWidth)
    try check(axes.actBuffersKB, \.actBufferKB)
    try check(axes.weightBuffersKB, \.weightBufferKB)
    try check(axes.thresholdBuffersKB, \.thresholdBufferKB)
  }

  /// Design number `index`, below `count`.
  public subscript(index: Int) -> Design {
    var rest = index
    func next<Value>(_ values: [Value]) -> Value {
      defer { rest /= values.count }
      return values[rest % values.count]
    }
    let threshold = next(axes.thresholdBuffersKB.values)
    let weight = next(axes.weightBuffersKB.values)
    let act = next(axes.actBuffersKB.values)
    let bus = next(axes.busWidths.values)
    let skips = next(axes.skips)
    let mode = next(axes.modes)
    let banks = next(axes.banks.values)
    let array = arrays[rest]
    return Design(
      rows: array.rows, columns: array.columns, banks: banks, mode: mode, skips: skips,
      busWidth: bus, actBufferKB: act, weightBufferKB: weight, thresholdBufferKB: threshold)
  }
}
