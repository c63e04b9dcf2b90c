internal import CDotProducts

/// How activations and weights lie in memory for the batches' inner loops.
protocol PackedElement: FixedWidthInteger & Sendable {
  associatedtype Weight: FixedWidthInteger & Sendable

  /// Consecutive steps of a reduction whose weights of one channel lie side by side.
  static var steps: Int { get }

  /// What is added to activations of this range so that they can be stored; nil if nothing does it.
  static func offset(storing range: ClosedRange<Int>) -> Int?

  static func sums(
    _ set: InstructionSet, _ reduction: UnsafePointer<mime_reduction>, _ base: UnsafePointer<Self>,
    _ rows: UnsafeBufferPointer<Int>, _ weights: UnsafePointer<Weight>,
    _ sums: UnsafeMutablePointer<Int32>)

  static func activate(
    _ set: InstructionSet, _ requantizer: UnsafePointer<mime_requantizer>,
    _ sums: UnsafePointer<Int32>, _ thresholds: UnsafePointer<Int32>,
    _ activations: UnsafeMutablePointer<Self>)
}

/// Activations of 8 bits with weights of 8 bits.
extension UInt8: PackedElement {
  typealias Weight = Int8
  static var steps: Int { 4 }

  static func offset(storing range: ClosedRange<Int>) -> Int? {
    if range.lowerBound >= 0, range.upperBound <= 255 { return 0 }
    return range.lowerBound >= -128 && range.upperBound <= 127 ? 128 : nil
  }

  static func sums(
    _: InstructionSet, _ reduction: UnsafePointer<mime_reduction>, _ base: UnsafePointer<UInt8>,
    _ rows: UnsafeBufferPointer<Int>, _ weights: UnsafePointer<Int8>,
    _ sums: UnsafeMutablePointer<Int32>
  ) {
    mime_sums_bytes(reduction, base, rows.baseAddress!, rows.count, weights, sums)
  }

  static func activate(
    _ set: InstructionSet, _ requantizer: UnsafePointer<mime_requantizer>,
    _ sums: UnsafePointer<Int32>, _ thresholds: UnsafePointer<Int32>,
    _ activations: UnsafeMutablePointer<UInt8>
  ) {
    mime_activate_bytes(set.code, requantizer, sums, thresholds, activations)
  }
}

/// Activations of 16 bits with weights of 16 bits.
extension Int16: PackedElement {
  typealias Weight = Int16
  static var steps: Int { 2 }

  static func offset(storing range: ClosedRange<Int>) -> Int? {
    if range.lowerBound >= -0x8000, range.upperBound <= 0x7FFF { return 0 }
    return range.lowerBound >= 0 && range.upperBound <= 0xFFFF ? -0x8000 : nil
  }

  static func sums(
    _ set: InstructionSet, _ reduction: UnsafePointer<mime_reduction>,
    _ base: UnsafePointer<Int16>, _ rows: UnsafeBufferPointer<Int>,
    _ weights: UnsafePointer<Int16>, _ sums: UnsafeMutablePointer<Int32>
  ) {
    mime_sums_words(set.code, reduction, base, rows.baseAddress!, rows.count, weights, sums)
  }

  static func activate(
    _ set: InstructionSet, _ requantizer: UnsafePointer<mime_requantizer>,
    _ sums: UnsafePointer<Int32>, _ thresholds: UnsafePointer<Int32>,
    _ activations: UnsafeMutablePointer<Int16>
  ) {
    mime_activate_words(set.code, requantizer, sums, thresholds, activations)
  }
}
