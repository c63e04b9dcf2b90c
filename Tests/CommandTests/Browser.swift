import Foundation

/// Chromium without a window.
enum Browser {
  /// Where it is; nil where it is not installed.
  static let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .map { "\($0)/chromium" }.first { FileManager.default.isExecutableFile(atPath: $0) }

  static let missing = "chromium is not installed: 'scripts/setup test' gets it"

  /// Opens the page at `page` and does what `options` say.
  static func open(_ page: String, _ options: [String], in folder: String) throws -> Program.Outcome
  {
    // The sandbox needs rights that a container may not give, and a page from here needs none.
    try Program.run(
      path!,
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--user-data-dir=\(folder)/browser", "--hide-scrollbars", "--enable-logging=stderr",
        "--virtual-time-budget=2000",
      ] + options + ["file://\(page)"], in: folder)
  }

  /// What a page wrote to its console, and scripts that failed.
  static func console(_ outcome: Program.Outcome) -> [Substring] {
    outcome.errors.split(separator: "\n").filter { $0.contains("CONSOLE") }
  }
}
