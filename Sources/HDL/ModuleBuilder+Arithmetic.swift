/// How a number that lies between two representable ones is rounded.
public enum RoundingMode: Sendable, CaseIterable {
  /// To the nearest, a tie to the even one.
  case halfEven
  /// To the nearest, a tie toward plus infinity.
  case halfUp
  /// To the nearest, a tie away from zero.
  case halfAway
  /// Toward minus infinity.
  case floor
  /// Toward zero.
  case towardZero
}

extension Signal {
  /// The nearest number that `width` bits of the same sign hold; the signal has to have a name.
  public func saturated(to width: Nat) -> Signal {
    let low = truncated(to: width)
    var result: Signal
    if shape.isSigned {
      // The bits above the new sign are copies of it where the number fits.
      let above = slice(from: width - 1, width: self.width - width + 1)
      let sign = self[self.width - 1]
      let limit = concatenate(sign, (!sign).repeated(width - 1)).asSigned
      result = mux(!above.anyBit || above.allBits, low, limit)
    } else {
      let above = slice(from: width, width: self.width - width)
      result = mux(above.anyBit, (~zero(.bit)).repeated(width), low)
    }
    result.require(
      width + 1 <= self.width,
      "\(text) with \(widthText) is saturated to \(Self.bitsText(width)), which holds it already")
    return result
  }
}

extension ModuleBuilder {
  /// `value / 2^shift` rounded to an integer, at the width of `value`; shape and sign stay.
  ///
  /// Declares `name` and wires whose names begin with it. The amount is unsigned, and the result is
  /// exact for amounts below the width of `value`.
  public func rounded(
    _ name: String, _ value: Signal, shiftedRightBy amount: Signal, _ mode: RoundingMode,
    _ doc: String = "", file: StaticString = #fileID, line: Int = #line
  ) -> Signal {
    func declare(_ suffix: String, _ value: Signal) -> Signal {
      wire("\(name)_\(suffix)", value, file: file, line: line)
    }
    let floor = declare("floor", value.shiftedRight(by: amount))
    let roundsUp = roundsUp(value, floor, amount, mode, declare)
    return wire(
      name, floor + roundsUp.extended(to: value.width).as(value.shape), doc, file: file, line: line)
  }

  /// Whether the number above the floor is the one to take.
  private func roundsUp(
    _ value: Signal, _ floor: Signal, _ amount: Signal, _ mode: RoundingMode,
    _ declare: (String, Signal) -> Signal
  ) -> Signal {
    if mode == .floor { return zero(.bit) }
    let width = value.width
    let ones = declare("ones", ~zero(bits(width)))
    let remainder = declare("remainder", value.asUnsigned &&& ~ones.shiftedLeft(by: amount))
    let isNegative = value.shape.isSigned ? value[width - 1] : zero(.bit)
    if mode == .towardZero { return declare("up", isNegative && remainder.anyBit) }
    let unit = declare("unit", HDL.constant(1, width: width))
    let power = declare("power", unit.shiftedLeft(by: amount))
    let half = declare("half", power.shiftedRight(by: HDL.constant(1, width: 1)))
    let tie = declare("tie", amount.anyBit && remainder == half)
    let above = remainder > half
    switch mode {
    case .halfEven: return declare("up", above || (tie && floor[0]))
    case .halfUp: return declare("up", above || tie)
    default: return declare("up", above || (tie && !isNegative))
    }
  }
}

extension Signal {
  /// The same bits with the sign of `shape`.
  func `as`(_ shape: Shape) -> Signal { shape.isSigned ? asSigned : asUnsigned }
}
