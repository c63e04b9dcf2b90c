/// A recursive-descent parser of RFC 8259.
struct JSONParser {
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  /// Deeper nesting than any header has; a bound keeps a hostile file from exhausting the stack.
  private static let maximumDepth = 64

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// The one value of the text.
  mutating func document() throws(NetworkError) -> JSON {
    let result = try value()
    skipSpace()
    guard position == bytes.count else { throw unexpected("the end") }
    return result
  }

  private mutating func value() throws(NetworkError) -> JSON {
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"): return try nested { parser throws(NetworkError) in try parser.object() }
    case UInt8(ascii: "["): return try nested { parser throws(NetworkError) in try parser.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func nested(
    _ body: (inout JSONParser) throws(NetworkError) -> JSON
  ) throws(NetworkError) -> JSON {
    guard depth < Self.maximumDepth else {
      throw NetworkError("values are nested deeper than \(Self.maximumDepth) at byte \(position)")
    }
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  private mutating func object() throws(NetworkError) -> JSON {
    var members: [JSON.Member] = []
    var names = Set<String>()
    try list(from: "{", to: "}") { parser throws(NetworkError) in
      let name = try parser.string()
      guard names.insert(name).inserted else {
        throw NetworkError("'\(name)' is given twice; names must differ")
      }
      parser.skipSpace()
      try parser.expect(":")
      members.append(JSON.Member(name: name, value: try parser.value()))
    }
    return .object(members)
  }

  private mutating func array() throws(NetworkError) -> JSON {
    var values: [JSON] = []
    try list(from: "[", to: "]") { parser throws(NetworkError) in
      values.append(try parser.value())
    }
    return .array(values)
  }

  /// Elements between brackets, with commas between them.
  private mutating func list(
    from open: Unicode.Scalar, to close: Unicode.Scalar,
    element: (inout JSONParser) throws(NetworkError) -> Void
  ) throws(NetworkError) {
    try expect(open)
    skipSpace()
    if peek == UInt8(ascii: close) {
      position += 1
      return
    }
    while true {
      skipSpace()
      try element(&self)
      skipSpace()
      if peek == UInt8(ascii: close) {
        position += 1
        return
      }
      try expect(",")
    }
  }

  private mutating func string() throws(NetworkError) -> String {
    try expect("\"")
    var text: [UInt8] = []
    while let byte = peek, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw unexpected("a character of a string") }
      position += 1
      if byte == UInt8(ascii: "\\") {
        text += String(try escape()).utf8
      } else {
        text.append(byte)
      }
    }
    try expect("\"")
    guard let result = String(validating: text, as: UTF8.self) else {
      throw NetworkError("the string that ends at byte \(position) is not UTF-8")
    }
    return result
  }

  private mutating func escape() throws(NetworkError) -> Character {
    let plain: [UInt8: Character] = [
      UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/",
      UInt8(ascii: "b"): "\u{8}", UInt8(ascii: "f"): "\u{c}", UInt8(ascii: "n"): "\n",
      UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
    ]
    if let byte = peek, let character = plain[byte] {
      position += 1
      return character
    }
    try expect("u")
    var units = [try hexadecimal()]
    if UTF16.isLeadSurrogate(units[0]) {
      try expect("\\")
      try expect("u")
      units.append(try hexadecimal())
    }
    guard let text = String(validating: units, as: UTF16.self), let character = text.first else {
      throw NetworkError("the escape that ends at byte \(position) is not a character")
    }
    return character
  }

  private mutating func hexadecimal() throws(NetworkError) -> UInt16 {
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw unexpected("a hexadecimal digit")
      }
      value = value << 4 | UInt16(digit)
      position += 1
    }
    return value
  }

  private mutating func number() throws(NetworkError) -> JSON {
    let start = position
    if peek == UInt8(ascii: "-") { position += 1 }
    let leadingZero = peek == UInt8(ascii: "0")
    let integerDigits = try digits(or: "a value")
    if leadingZero && integerDigits > 1 {
      throw NetworkError("the number at byte \(start) starts with a zero")
    }
    if peek == UInt8(ascii: ".") {
      position += 1
      try digits(or: "a digit")
    }
    if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
      position += 1
      if peek == UInt8(ascii: "-") || peek == UInt8(ascii: "+") { position += 1 }
      try digits(or: "a digit")
    }
    return .number(String(decoding: bytes[start..<position], as: UTF8.self))
  }

  /// One or more digits; returns how many.
  @discardableResult
  private mutating func digits(or expected: String) throws(NetworkError) -> Int {
    let start = position
    while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    guard position > start else { throw unexpected(expected) }
    return position - start
  }

  private mutating func word(_ word: String, _ value: JSON) throws(NetworkError) -> JSON {
    for scalar in word.unicodeScalars { try expect(scalar) }
    return value
  }

  private mutating func expect(_ scalar: Unicode.Scalar) throws(NetworkError) {
    guard peek == UInt8(ascii: scalar) else { throw unexpected("'\(scalar)'") }
    position += 1
  }

  private mutating func skipSpace() {
    while let byte = peek, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func unexpected(_ expected: String) -> NetworkError {
    NetworkError(
      peek == nil
        ? "it ends where \(expected) is expected"
        : "byte \(position) is not \(expected)")
  }
}
