/// Reads JSON whose form is known: errors name the place and what belongs there.
public struct JSONReader {
  private let json: JSON?
  /// Where it stands: `layers[3].kernel`; empty for the document.
  public let place: String

  /// The value of a document.
  ///
  /// - Throws: `NetworkError` where it is not JSON.
  public init(parsing text: some Sequence<UInt8>) throws(NetworkError) {
    json = try JSON(parsing: text)
    place = ""
  }

  private init(_ json: JSON?, at place: String) {
    self.json = json
    self.place = place
  }

  /// Whether it is there, and not null.
  public var isPresent: Bool { json != nil && json != .null }

  /// The member `name`, which may be absent.
  public subscript(name: String) -> JSONReader {
    JSONReader(json?[name], at: place.isEmpty ? name : "\(place).\(name)")
  }

  /// The names of an object's members.
  public func names() throws(NetworkError) -> [String] {
    guard let members = json?.members else { throw wrong("an object") }
    return members.map(\.name)
  }

  /// That an object has no other members than `known`.
  public func allow(_ known: [String]) throws(NetworkError) {
    for name in try names() where !known.contains(name) {
      throw NetworkError(
        "'\(self[name].place)' is not known; there may be \(known.joined(separator: ", "))")
    }
  }

  /// The elements of a list.
  public func elements() throws(NetworkError) -> [JSONReader] {
    guard let values = json?.array else { throw wrong("a list") }
    return values.enumerated().map { JSONReader($1, at: "\(place)[\($0)]") }
  }

  /// The elements where it is a list; nil where it is something else.
  var list: [JSONReader]? { json?.array == nil ? nil : try? elements() }
  var boolean: Bool? { json?.boolean }

  /// A whole number in `range`.
  public func integer(_ range: ClosedRange<Int>) throws(NetworkError) -> Int {
    guard let value = json?.integer, range.contains(value) else {
      throw wrong("a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// A number from 0 to 1.
  public func fraction() throws(NetworkError) -> Double {
    guard case .number(let digits)? = json, let value = Double(digits), 0...1 ~= value else {
      throw wrong("a number from 0 to 1")
    }
    return value
  }

  /// A number as it is written.
  public func digits() throws(NetworkError) -> String {
    guard case .number(let digits)? = json else { throw wrong("a number") }
    return digits
  }

  /// A text that is not empty.
  public func string() throws(NetworkError) -> String {
    guard let value = json?.string, !value.isEmpty else { throw wrong("a text that is not empty") }
    return value
  }

  /// True or false; `absent` where it is not there.
  public func boolean(absent: Bool) throws(NetworkError) -> Bool {
    guard isPresent else { return absent }
    guard let value = json?.boolean else { throw wrong("true or false") }
    return value
  }

  /// That the value is not what belongs there.
  public func wrong(_ what: String) -> NetworkError {
    let name = place.isEmpty ? "the document" : "'\(place)'"
    return NetworkError(isPresent ? "\(name) must be \(what)" : "\(name) is missing: \(what)")
  }
}
