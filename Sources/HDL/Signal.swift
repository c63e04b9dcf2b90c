/// A value in the hardware: an expression with its width and signedness.
///
/// Operands of an operator must have the same shape; a change of width is a word
/// (`extended(to:)`, `truncated(to:)`). An operator cannot know its line, so a `Signal` carries
/// what is wrong with it to the statement that uses it, and the statement reports it.
public struct Signal: Sendable {
  let expression: Expression
  /// The width in bits and the sign.
  public let shape: Shape
  /// Rules broken so far, for the enclosing statement to report.
  var problems: [String] = []
  /// Demands on widths that the normal form cannot decide.
  var obligations: [Obligation] = []

  /// In bits.
  public var width: Nat { shape.width }

  init(_ expression: Expression, _ shape: Shape, from operands: [Signal] = []) {
    self.expression = expression
    self.shape = shape
    for operand in operands {
      problems += operand.problems
      obligations += operand.obligations
    }
  }

  /// Demands `condition`: proved, refuted, or left for each configuration.
  mutating func require(_ condition: Condition, _ message: @autoclosure () -> String) {
    switch condition.decided {
    case true?: break
    case false?: problems.append(message())
    case nil: obligations.append(Obligation(condition: condition, message: message()))
    }
  }

  mutating func requireSameShape(_ a: Signal, _ b: Signal, _ what: String) {
    require(
      a.width == b.width,
      "the operands of \(what) are \(a.text) with \(a.widthText) and \(b.text) with "
        + "\(b.widthText); extend or truncate one so that the widths agree")
    if a.shape.isSigned != b.shape.isSigned {
      problems.append(
        "the operands of \(what) are \(a.text), which is \(a.signText), and \(b.text), which is "
          + "\(b.signText); make both signed or both unsigned")
    }
  }

  /// The Verilog spelling, for messages.
  var text: String { "`\(VerilogExpression.text(self))`" }
  var widthText: String { Self.bitsText(width) }
  var signText: String { shape.isSigned ? "signed" : "unsigned" }

  static func bitsText(_ width: Nat) -> String {
    let text = VerilogExpression.text(width)
    return text == "1" ? "1 bit" : "\(text) bits"
  }
}
