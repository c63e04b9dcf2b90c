import Networks

/// Requantization as integer operators of ONNX, which the exporter writes and the importer finds.
///
/// With P = z * M: where activations are unsigned, and so is P, the quotient is P >> S and the remainder
/// what that loses. Else, and for roundings that differ only below zero, the same is done with the
/// magnitude of P, and its sign put back. A shift in 64 unsigned bits takes every S up to 63.
extension Requantizer {
  private typealias Term = Expression.Term

  /// The activations in the type that holds them, as a term of the sums that passed their
  /// thresholds.
  var term: Expression.Term {
    .apply(
      .cast(format.storage),
      [.apply(.clip(Int64(clamp.lowerBound), Int64(clamp.upperBound)), [rounded])])
  }

  /// The sums, the multiplier behind them, and what is shifted: what an import recognizes.
  private var product: Term {
    .apply(.multiply, [.sums, .channels(multipliers.map { Int64($0) })])
  }

  /// Roundings whose unsigned form has others' results too keep the signed one.
  private var isUnsigned: Bool {
    !format.isSigned && [.halfEven, .halfUp, .floor].contains(rounding)
  }

  private func same(_ value: Int64) -> Term {
    .channels(multipliers.map { _ in value })
  }

  private var rounded: Term {
    guard !isUnsigned else { return quotient(of: product, isNegative: nil) }
    let isNegative = Term.apply(.less, [product, same(0)])
    let magnitude = quotient(of: .apply(.abs, [product]), isNegative: isNegative)
    return .apply(.choose, [isNegative, .apply(.subtract, [same(0), magnitude]), magnitude])
  }

  /// The rounded quotient of what is not negative.
  ///
  /// - Parameter isNegative: whether it is the magnitude of a negative number.
  private func quotient(of value: Term, isNegative: Term?) -> Term {
    let shifts = Term.channels(self.shifts.map { Int64($0) })
    let bits = Term.apply(.cast(.uint64), [value])
    let shifted = Term.apply(.shiftRight, [bits, shifts])
    let quotient = Term.apply(.cast(.int64), [shifted])
    let back = Term.apply(.shiftLeft, [shifted, shifts])
    let remainder = Term.apply(.subtract, [value, .apply(.cast(.int64), [back])])
    guard let goesUp = goesUp(quotient, remainder, isNegative) else { return quotient }
    return .apply(.add, [quotient, .apply(.cast(.int64), [goesUp])])
  }

  /// Whether the magnitude is rounded up; nil where it never is.
  private func goesUp(_ quotient: Term, _ remainder: Term, _ isNegative: Term?) -> Term? {
    // Half a step; 1, which no remainder reaches, where nothing is shifted.
    let half = Term.channels(shifts.map { $0 == 0 ? 1 : 1 << Int64($0 - 1) })
    switch rounding {
    case .halfEven:
      let odd = Term.apply(.remainder, [quotient, same(2)])
      return .apply(.greater, [.apply(.add, [remainder, odd]), half])
    case .halfUp:
      guard let isNegative else { return .apply(.greaterOrEqual, [remainder, half]) }
      let bound = Term.apply(.add, [half, .apply(.cast(.int64), [isNegative])])
      return .apply(.greaterOrEqual, [remainder, bound])
    case .halfAway:
      return .apply(.greaterOrEqual, [remainder, half])
    case .floor:
      return isNegative.map { .apply(.and, [$0, .apply(.greater, [remainder, same(0)])]) }
    case .towardZero:
      return nil
    }
  }

  /// The requantizer whose term this is; nil if it is none's.
  init?(_ term: Expression.Term) {
    guard case .apply(.cast(let type), let operands) = term, let format = type.format,
      case .apply(.clip(let low, let high), _)? = operands.first
    else { return nil }
    guard let clampLow = Int(exactly: low), let clampHigh = Int(exactly: high),
      clampLow <= clampHigh, let multipliers = Self.multipliers(in: term),
      let shifts = Self.shifts(in: term)
    else { return nil }
    for rounding in Rounding.allCases {
      let candidate = Requantizer(
        multipliers: multipliers, shifts: shifts, format: format, clamp: clampLow...clampHigh,
        rounding: rounding)
      if candidate.term == term {
        self = candidate
        return
      }
    }
    return nil
  }

  /// The factor of the sums.
  private static func multipliers(in term: Expression.Term) -> [UInt32]? {
    guard case .apply(let operation, let operands) = term else { return nil }
    if operation == .multiply, operands.first == .sums, case .channels(let values) = operands[1] {
      let multipliers = values.compactMap { UInt32(exactly: $0) }
      return multipliers.count == values.count ? multipliers : nil
    }
    for operand in operands {
      if let found = multipliers(in: operand) { return found }
    }
    return nil
  }

  /// The first shift to the right.
  private static func shifts(in term: Expression.Term) -> [UInt8]? {
    guard case .apply(let operation, let operands) = term else { return nil }
    if operation == .shiftRight, case .channels(let values) = operands[1] {
      let shifts = values.compactMap { UInt8(exactly: $0) }.filter { $0 < 64 }
      return shifts.count == values.count ? shifts : nil
    }
    for operand in operands {
      if let found = shifts(in: operand) { return found }
    }
    return nil
  }
}

extension ActivationFormat {
  /// The narrowest type of ONNX that holds the format.
  var storage: DataType {
    switch (width, isSigned) {
    case (...8, false): .uint8
    case (...8, true): .int8
    case (...16, false): .uint16
    case (...16, true): .int16
    default: .int32
    }
  }
}
