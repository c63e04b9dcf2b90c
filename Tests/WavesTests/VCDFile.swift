import Simulation
import Testing

/// A value change dump read back, after the grammar of IEEE 1364-2005, 18.2.
struct VCDFile {
  struct Variable: Equatable {
    let width: Int
    /// `[msb:lsb]` or empty.
    let range: String
    let code: String
  }

  private(set) var timescale = ""
  /// By path, with a dot between scopes.
  private(set) var variables: [String: Variable] = [:]
  /// Kinds of scopes by path.
  private(set) var scopes: [String: String] = [:]
  private(set) var times: [Int] = []
  /// For each code the changes: time and digits, `0`, `1`, `x` and `z`, as many as the width.
  private(set) var changes: [String: [(time: Int, digits: String)]] = [:]

  private var widths: [String: Int] = [:]
  private var scope: [String] = []
  private var tokens: ArraySlice<Substring>

  init(_ text: String) throws {
    tokens = text.split(whereSeparator: \.isWhitespace)[...]
    while let token = tokens.popFirst(), token != "$enddefinitions" { try declaration(token) }
    let rest = try body()
    try #require(rest == [] && scope == [])
    while let token = tokens.popFirst() { try simulation(token) }
  }

  /// The tokens up to `$end`.
  private mutating func body() throws -> [String] {
    let end = try #require(tokens.firstIndex(of: "$end"))
    defer { tokens = tokens[(end + 1)...] }
    return tokens[..<end].map(String.init)
  }

  private mutating func declaration(_ keyword: Substring) throws {
    let words = try body()
    switch keyword {
    case "$date", "$version", "$comment": break
    case "$timescale": timescale = words.joined()
    case "$scope":
      try #require(words.count == 2)
      scope.append(words[1])
      scopes[scope.joined(separator: ".")] = words[0]
    case "$upscope":
      try #require(words == [] && scope != [])
      scope.removeLast()
    case "$var":
      try #require((4...5).contains(words.count))
      let width = try #require(Int(words[1]))
      let path = (scope + [words[3]]).joined(separator: ".")
      try #require(variables[path] == nil && widths[words[2]] == nil)
      variables[path] = Variable(
        width: width, range: words.count == 5 ? words[4] : "", code: words[2])
      widths[words[2]] = width
    default: Issue.record("\(keyword) is no declaration")
    }
  }

  private mutating func simulation(_ token: Substring) throws {
    switch token.first! {
    case "#":
      let time = try #require(Int(token.dropFirst()))
      try #require(time > times.last ?? -1)
      times.append(time)
    case "$": try #require(token == "$dumpvars" || token == "$end")
    case "0", "1", "x", "z": try change(String(token.dropFirst()), token.prefix(1))
    case "b":
      let code = tokens.popFirst()
      try change(String(try #require(code)), token.dropFirst())
    default: Issue.record("\(token) is no value change")
    }
  }

  /// A value shorter than its variable is extended to the left, with its first digit or with 0.
  private mutating func change(_ code: String, _ digits: Substring) throws {
    let missing = try #require(widths[code]) - digits.count
    try #require(missing >= 0 && !digits.isEmpty && digits.allSatisfy { "01xz".contains($0) })
    let fill = digits.first == "1" ? "0" : String(digits.prefix(1))
    let time = try #require(times.last)
    changes[code, default: []].append(
      (time, String(repeating: fill, count: missing) + digits))
  }

  /// The digits a variable has at a time; nil before its first change.
  func digits(_ path: String, at time: Int) throws -> String? {
    let variable = try #require(variables[path], "\(path) is not in the dump")
    return changes[variable.code, default: []].last { $0.time <= time }?.digits
  }
}
