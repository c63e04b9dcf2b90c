import Foundation
import Verilated

@testable import Cosimulation

/// Reproducible numbers for tests: SplitMix64.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// Runs `body` with the path of a new folder, which is removed afterwards.
@discardableResult
func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.path + "/mimegen-test-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}

/// A module with the ports of `mime_core`, fixed at `parameters`, and a body of the test's own.
func fixture(
  _ parameters: CoreParameters, ports: [CorePort]? = nil, body: String
) -> VerilogSources {
  let names = parameters.verilogParameters.map { "parameter \($0.name) = \($0.value)" }
  let ports = (ports ?? parameters.ports).map {
    "  \($0.direction) wire [\($0.width - 1):0] \($0.name)"
  }
  return VerilogSources([
    .init(
      name: "mime_core.v",
      text: """
        module mime_core #(\(names.joined(separator: ", "))) (
        \(ports.joined(separator: ",\n"))
        );
        \(body)
        endmodule

        """)
  ])
}
