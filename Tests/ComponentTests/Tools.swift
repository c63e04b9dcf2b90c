import Foundation

/// The surroundings of the tests.
enum Tools {
  static var environment: [String: String] { ProcessInfo.processInfo.environment }
}
