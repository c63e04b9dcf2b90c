import Energy
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

  @Test func everyEventIsDefinedOnce() throws {
    let page = try page("events.md")
    for event in Event.allCases {
      let scope = event.isPerTask ? "task" : "layer"
      let rows = page.filter { $0.hasPrefix("| \(event.rawValue) | \(scope) |") }
      #expect(rows.count == 1, "\(event.rawValue)")
    }
  }

  @Test func everyChargeIsDocumented() throws {
    let rows = try page("events.md")
      .drop { !$0.hasPrefix("## Energy") }
      .filter { $0.hasPrefix("| ") }
      .dropFirst()
      .map { $0.split(separator: "|").prefix(3).map { $0.trimmingCharacters(in: .whitespaces) } }
    #expect(
      rows
        == CoreCharge.all.map {
          ["\($0.quantity)", $0.component.rawValue, "\($0.multiplicity)"]
        })
  }
}
