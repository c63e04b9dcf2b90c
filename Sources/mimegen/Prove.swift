import ArgumentParser
import Formal
import Foundation
import Proofs

/// `mimegen prove`: claims about the hardware, decided for all inputs.
struct Prove: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prove the hardware's claims with Yosys and Z3, and that planted faults are found.",
    discussion: """
      A proof holds where the solver proves its claim and refutes it with each of its faults, \
      mistakes put into the Verilog on purpose.
      """)

  @Flag(help: "Print the proofs and their claims, and run none.") var list = false
  @Option(
    help: ArgumentHelp(
      "The proof of this name, or those whose names begin with it and '/'.", valueName: "name"))
  var only: String?
  @Option(help: ArgumentHelp("Folder for the waves of counterexamples.", valueName: "folder"))
  var waves: String?

  func run() throws {
    let proofs = ProofCatalog.all.filter { proof in
      guard let only else { return true }
      return proof.name == only || proof.name.hasPrefix("\(only)/")
    }
    guard !proofs.isEmpty else {
      throw UsageError(
        "there is no proof '\(only!)'; 'mimegen prove --list' prints those there are")
    }
    if list {
      for proof in proofs { print("\(proof.name) (\(proof.method)): \(proof.claim)") }
      return
    }
    let runner = ProofRunner(try FormalTools(), traces: waves)
    let results = try runner.run(proofs, atATime: 2) { result in
      guard isatty(STDERR_FILENO) == 1 else { return }
      FileHandle.standardError.write(Data("\(result.proof.name): \(result.verdict)\n".utf8))
    }
    var table = Table(header: ["proof", "method", "result", "seconds", "faults found"])
    table.rows = results.map { result in
      [
        result.proof.name, "\(result.proof.method)", result.verdict.word,
        String(format: "%.1f", result.seconds), found(result.faults),
      ]
    }
    let held = results.filter { $0.verdict == .proved }.count
    table.footer = [
      [
        "all", "", "\(held)/\(results.count)",
        String(format: "%.1f", results.reduce(0) { $0 + $1.seconds }),
        found(results.flatMap(\.faults)),
      ]
    ]
    print(table.text)
    for result in results { explain(result) }
    if !results.allSatisfy(\.holds) { throw ExitCode(Status.different.rawValue) }
  }

  private func found(_ faults: [ProofResult.FaultResult]) -> String {
    faults.isEmpty ? "-" : "\(faults.filter(\.isFound).count)/\(faults.count)"
  }

  /// What did not come out as it should, a line each.
  private func explain(_ result: ProofResult) {
    if result.verdict != .proved {
      let waves = result.trace.map { "; waves in \($0)" } ?? ""
      print("\(result.proof.name): \(result.verdict)\(waves)")
    }
    for fault in result.faults where !fault.isFound {
      print("\(result.proof.name): the fault '\(fault.fault.name)' is not found: \(fault.verdict)")
    }
  }
}

extension Verdict {
  /// The result without its particulars.
  fileprivate var word: String {
    switch self {
    case .proved: "proved"
    case .refuted: "REFUTED"
    case .undecided: "UNDECIDED"
    }
  }
}
