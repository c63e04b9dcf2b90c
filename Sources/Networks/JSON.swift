/// A JSON value. Members keep their order, and a name given twice is an error (RFC 8259 leaves
/// that open, and a tensor that silently replaces another would go unseen).
enum JSON: Equatable {
  case null
  case boolean(Bool)
  /// A number as it is written.
  case number(String)
  case string(String)
  case array([JSON])
  case object([Member])

  struct Member: Equatable {
    let name: String
    let value: JSON
  }

  /// The value of a document in UTF-8.
  ///
  /// - Throws: `NetworkError` that names the byte at which the text stops being JSON.
  init(parsing text: some Sequence<UInt8>) throws(NetworkError) {
    var parser = JSONParser(bytes: Array(text))
    self = try parser.document()
  }

  var integer: Int? {
    if case .number(let digits) = self { Int(digits) } else { nil }
  }

  var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  var boolean: Bool? {
    if case .boolean(let value) = self { value } else { nil }
  }

  var array: [JSON]? {
    if case .array(let values) = self { values } else { nil }
  }

  var members: [Member]? {
    if case .object(let members) = self { members } else { nil }
  }

  /// The member of an object with that name.
  subscript(name: String) -> JSON? {
    members?.first { $0.name == name }?.value
  }
}
