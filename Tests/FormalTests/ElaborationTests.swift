import Formal
import Gallery
import HDL
import Proofs
import Testing

@Suite(.enabled(if: Installed.tools != nil, "Yosys and Z3 are not installed"))
struct ElaborationTests {
  private func expect(
    _ module: Module, _ configurations: [Configuration],
    fault: (name: String, text: String, replacement: String)
  ) throws {
    let runner = ProofRunner(try #require(Installed.tools))
    for proof in ProofCatalog.equivalences(module, configurations, fault: fault) {
      let result = try runner.run(proof)
      #expect(result.verdict == .proved, "\(proof.claim)")
      for fault in result.faults { #expect(fault.isFound, "\(fault.verdict)") }
    }
  }

  @Test func statesAreTheSame() throws {
    try expect(
      Gallery.states, [[:], ["LENGTH": 1], ["LENGTH": 7]],
      fault: ("never starts", "if (start)", "if (!start)"))
  }

  @Test func decodersAreTheSame() throws {
    try expect(
      Gallery.decoder, [[:], ["WIDTH": 1], ["WIDTH": 70]],
      fault: ("or", "y = a ^ b", "y = a | b"))
  }

  @Test func memoriesAreTheSame() throws {
    try expect(
      Gallery.lanes, [["LANES": 2], ["LANES": 1, "DEPTH": 2], ["LANES": 3, "DEPTH": 3]],
      fault: ("a digit more", "digits[1] = ", "digits[1] = 1 + "))
  }

  @Test func numbersAreTheSame() throws {
    try expect(
      Gallery.numbers, [["W": 5, "N": 3], ["W": 3, "N": 2], ["W": 4, "N": 5]],
      fault: ("an unsigned product", "assign p = ", "assign p = 1 + "))
  }

  @Test func resetsAreTheSame() throws {
    try expect(
      Gallery.resets, [[:], ["W": 1], ["W": 66]], fault: ("by two", "if (go)", "if (!go)"))
  }

  @Test func gridsAreTheSame() throws {
    try expect(
      Gallery.grid, [[:], ["R": 1, "C": 1], ["R": 1, "C": 5], ["R": 5, "C": 3]],
      fault: ("the column to the right", "row[r].col[c - 1].total", "row[r].col[c].total"))
  }

  @Test func watchedOnesAreTheSame() throws {
    try expect(
      Gallery.watched, [[:], ["COUNTED": 0]], fault: ("counts all", "if (moved)", "if (1'b1)"))
  }

  @Test func queuesAreTheSame() throws {
    try expect(
      Gallery.queues, [[:], ["DEPTH": 1], ["DEPTH": 5]],
      fault: ("a beat from nowhere", ".in_valid(into_valid)", ".in_valid(1'b1)"))
  }
}
