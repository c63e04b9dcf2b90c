import Testing

@testable import HDL

/// A module that breaks rules of the language, and all that the check has to say of it.
struct BrokenRule: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let module: Module
  let configuration: Configuration
  let expected: [Diagnostic]

  /// `body` describes the module and returns the lines that the findings are for, in their order.
  /// `{n}` in a message stands for the location of the n-th of these lines, the first being `{0}`;
  /// lines without a finding follow those with one.
  init(
    _ name: String, _ messages: String..., configuration: Configuration = [:],
    file: StaticString = #fileID, _ body: @Sendable (ModuleBuilder) -> [Int]
  ) {
    var lines: [Int] = []
    testDescription = name
    module = Module("subject", "The module under test.", file: file) { lines = body($0) }
    self.configuration = configuration
    let locations = lines.map { Location(file, $0) }
    expected = zip(messages, locations).map { message, location in
      var message = message
      while let open = message.firstIndex(of: "{"), let close = message.firstIndex(of: "}") {
        let place = Int(message[message.index(after: open)..<close])!
        message.replaceSubrange(open...close, with: locations[place].description)
      }
      return Diagnostic(message: message, location: location)
    }
    precondition(expected.count == messages.count, "\(name): a line for every message")
  }

  /// Expects the check to find what is expected, in that order, and nothing else.
  func verify() {
    #expect(module.findings(at: configuration) == expected)
  }
}

extension Module {
  /// What `check` says of the module at one configuration. Modules that are about other rules leave
  /// signals unread, so that this rule is left out unless `unused` asks for it.
  func findings(at configuration: Configuration = [:], unused: Bool = false) -> [Diagnostic] {
    do {
      try check(at: [configuration])
      return []
    } catch let error as HDLError {
      return error.diagnostics.filter { unused || !$0.message.hasPrefix("nothing reads ") }
    } catch {
      Issue.record(error)
      return []
    }
  }
}
