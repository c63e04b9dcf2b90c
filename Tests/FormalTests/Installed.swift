import Formal

/// What is found on the machine that runs the tests.
enum Installed {
  /// Yosys and Z3, if they are here.
  static let tools = try? FormalTools()
}
