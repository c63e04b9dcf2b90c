import Foundation
import Networks

/// The committed models and vectors, found from any working directory.
enum Fixtures {
  static let golden = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("golden")

  static func path(_ name: String) -> String { golden.appendingPathComponent(name).path }
}
