/// The header of a file of numpy: {'descr': '|u1', 'fortran_order': False, 'shape': (3, 28, 28), }.
struct NumPyHeader {
  private(set) var type = ""
  private(set) var isFortranOrder = false
  private(set) var shape: [Int] = []

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: some Sequence<UInt8>) throws(ImageError) {
    self.bytes = Array(bytes)
    var seen: Set<String> = []
    try expect("{")
    while !take("}") {
      let name = try text()
      try expect(":")
      switch name {
      case "descr": type = try text()
      case "fortran_order": isFortranOrder = try boolean()
      case "shape": shape = try naturals()
      default: throw wrong
      }
      guard seen.insert(name).inserted else { throw wrong }
      if !take(",") {
        try expect("}")
        break
      }
    }
    skipSpace()
    guard position == self.bytes.count, seen.count == 3 else { throw wrong }
  }

  private var wrong: ImageError {
    ImageError(
      "its header is not of the form {'descr': '|u1', 'fortran_order': False, 'shape': (3, 28, 28), }"
    )
  }

  private mutating func skipSpace() {
    while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x0A {
      position += 1
    }
  }

  private mutating func take(_ word: String) -> Bool {
    skipSpace()
    guard bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  private mutating func expect(_ word: String) throws(ImageError) {
    guard take(word) else { throw wrong }
  }

  /// Between single or double quotes, without escapes.
  private mutating func text() throws(ImageError) -> String {
    let quote: UInt8
    if take("'") {
      quote = UInt8(ascii: "'")
    } else if take("\"") {
      quote = UInt8(ascii: "\"")
    } else {
      throw wrong
    }
    guard let end = bytes[position...].firstIndex(of: quote) else { throw wrong }
    let text = String(decoding: bytes[position..<end], as: UTF8.self)
    position = end + 1
    return text
  }

  private mutating func boolean() throws(ImageError) -> Bool {
    if take("True") { return true }
    try expect("False")
    return false
  }

  private mutating func naturals() throws(ImageError) -> [Int] {
    var values: [Int] = []
    try expect("(")
    while !take(")") {
      skipSpace()
      let digits = bytes[position...].prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
      guard let value = Int(String(decoding: digits, as: UTF8.self)) else { throw wrong }
      position += digits.count
      values.append(value)
      if !take(",") {
        try expect(")")
        break
      }
    }
    return values
  }
}
