import Foundation
import Mapping
import Testing

/// The events are those that the documentation lists.
@Suite struct EventTests {
  private func page(_ name: String) throws -> [Substring] {
    let root = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: root.appending(path: "docs/\(name)"), encoding: .utf8)
      .split(separator: "\n")
  }

  @Test func countersAreThoseOfTheCore() throws {
    let rows = try page("core.md")
      .drop { $0 != "## Counters" }
      .map { $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }
      .filter { $0.count == 4 && Int($0[0]) != nil }
    let events = Event.allCases.filter { $0.counterSelect != nil }
      .sorted { $0.counterSelect! < $1.counterSelect! }
    #expect(rows.map { $0[0] } == events.map { "\($0.counterSelect!)" })
    #expect(rows.map { $0[1] } == events.map(\.rawValue))
    #expect(rows.map { $0[2] } == events.map { $0.isPerTask ? "task" : "layer" })
    #expect(Event.allCases.filter { $0.counterSelect == nil } == [.macSkipped])
  }

  @Test func everyEventHasOneRowInTheDocumentation() throws {
    let page = try page("events.md")
    for event in Event.allCases {
      let rows = page.filter { $0.hasPrefix("| \(event.rawValue) |") }
      #expect(rows.count == 1, "\(event.rawValue)")
      #expect(
        rows.allSatisfy { $0.contains(event.isPerTask ? "| task |" : "| layer |") },
        "\(event.rawValue)")
    }
  }
}
