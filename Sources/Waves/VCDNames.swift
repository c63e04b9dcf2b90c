/// How names stand in a value change dump.
enum VCDNames {
  /// The short name of variable `number` in the value changes.
  ///
  /// Of the visible characters `$` is left out, so that no code is a keyword such as `$end`.
  static func code(_ number: Int) -> [UInt8] {
    var code: [UInt8] = []
    var rest = number
    repeat {
      let digit = UInt8(rest % 93)
      code.append(digit < 3 ? 33 + digit : 34 + digit)
      rest = rest / 93 - 1
    } while rest >= 0
    return code
  }

  /// The name of a variable. One that is no plain identifier is escaped, as in Verilog: viewers take
  /// the number in a bare `word[3]` for a selected bit.
  static func variable(_ name: Substring) -> String {
    isIdentifier(name) ? String(name) : escaped(name)
  }

  /// The name of a scope. Indices as in `row[0]` stay as they are, which is how simulators write
  /// generate blocks.
  static func scope(_ name: Substring) -> String {
    isIdentifier(block(name)) ? String(name) : escaped(name)
  }

  /// Whether the name is that of one of several generate blocks.
  static func isIndexed(_ name: Substring) -> Bool {
    block(name).count < name.count && isIdentifier(block(name))
  }

  /// The name less all indices at its end.
  private static func block(_ name: Substring) -> Substring {
    guard name.last == "]", let bracket = name.lastIndex(of: "[") else { return name }
    let digits = name[bracket...].dropFirst().dropLast()
    guard !digits.isEmpty, digits.allSatisfy(isDigit) else { return name }
    return block(name[..<bracket])
  }

  private static func escaped(_ name: Substring) -> String {
    name.hasPrefix("\\") ? String(name) : "\\\(name)"
  }

  private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }

  private static func isLetter(_ character: Character) -> Bool {
    character.isLetter || character == "_"
  }

  private static func isIdentifier(_ name: Substring) -> Bool {
    guard let first = name.first, isLetter(first) else { return false }
    return name.allSatisfy { isLetter($0) || isDigit($0) || $0 == "$" }
  }
}
