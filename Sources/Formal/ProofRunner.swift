import Foundation
import HDL
import Synchronization

/// Runs proofs in scratch folders of their own.
public struct ProofRunner: Sendable {
  let tools: FormalTools
  /// Where the waves of counterexamples go, if they are wanted.
  let traces: String?
  /// Seconds that a question to the solver may take.
  let limit: Int

  /// A runner of proofs by `tools`.
  ///
  /// - Parameters:
  ///   - traces: a folder for the waves of counterexamples; nil where they are not wanted.
  ///   - limit: seconds that a question to the solver may take.
  public init(_ tools: FormalTools, traces: String? = nil, limit: Int = 120) {
    self.tools = tools
    self.traces = traces
    self.limit = limit
  }

  /// The result of a proof, and of the proof with each of its faults.
  ///
  /// - Throws: `HDLError` where the harness breaks a rule; `FormalError` where the proof cannot be
  ///   run, or has nothing to prove.
  public func run(_ proof: Proof) throws -> ProofResult {
    let start = Date()
    try proof.harness.check(at: [proof.configuration])
    try proof.checkSubject()
    let (verdict, trace) = try decide(proof, nil)
    let faults = try proof.faults.map { fault in
      ProofResult.FaultResult(fault: fault, verdict: try decide(proof, fault).0)
    }
    return ProofResult(
      proof: proof, verdict: verdict, trace: trace, seconds: Date().timeIntervalSince(start),
      faults: faults)
  }

  /// The results in the order of the proofs, some proofs at a time.
  ///
  /// - Parameter each: is given every result as it comes, from any thread.
  /// - Throws: what the first proof that cannot be run throws.
  public func run(
    _ proofs: [Proof], atATime workers: Int = 2, each: @Sendable (ProofResult) -> Void = { _ in }
  ) throws -> [ProofResult] {
    struct State {
      var next = 0
      var results: [Int: ProofResult] = [:]
      var error: (any Error)?
    }
    let state = Mutex(State())
    DispatchQueue.concurrentPerform(iterations: Swift.min(workers, proofs.count)) { _ in
      while true {
        let next = state.withLock { state -> Int? in
          guard state.next < proofs.count, state.error == nil else { return nil }
          state.next += 1
          return state.next - 1
        }
        guard let next else { break }
        do {
          let result = try run(proofs[next])
          state.withLock { $0.results[next] = result }
          each(result)
        } catch {
          state.withLock { if $0.error == nil { $0.error = error } }
        }
      }
    }
    return try state.withLock { state in
      if let error = state.error { throw error }
      return proofs.indices.compactMap { state.results[$0] }
    }
  }

  private func decide(_ proof: Proof, _ fault: Fault?) throws -> (Verdict, String?) {
    let folder = FileManager.default.temporaryDirectory.path + "/mimegen-proof-\(UUID().uuidString)"
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: false)
    } catch {
      throw FormalError("no folder for a proof can be made: \(error.localizedDescription)")
    }
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try write(try verilog(of: proof, with: fault), to: "\(folder)/design.v")
    let verdict: Verdict
    switch proof.method {
    case .induction(let depth):
      try prepare(proof, in: folder)
      let deepest = Swift.max(depth, fault?.depth ?? 0)
      let base = try solve(["--presat", "-t", "\(deepest)"], in: folder)
      let isDecided = base != .proved || fault != nil
      verdict = isDecided ? base : try solve(["-i", "-t", "\(depth)"], in: folder)
    case .bounded(let depth):
      try prepare(proof, in: folder)
      let deepest = Swift.max(depth, fault?.depth ?? 0)
      verdict = try solve(["--presat", "-t", "\(deepest)"], in: folder)
    case .cover(let depth):
      try prepare(proof, in: folder)
      verdict = try solve(["-c", "-t", "\(depth)"], in: folder)
    case .equivalence: verdict = try compare(proof, in: folder)
    }
    return (verdict, fault == nil ? try keepTrace(of: proof, from: folder) : nil)
  }

  /// The Verilog of the harness and the modules in it, a fault in one of them.
  private func verilog(of proof: Proof, with fault: Fault?) throws -> String {
    var isPlanted = fault == nil
    let texts = proof.harness.hierarchy.map { module in
      let text = VerilogPrinter.print(module)
      guard let fault, module.name == fault.module, text.contains(fault.text) else { return text }
      isPlanted = true
      return text.replacingOccurrences(of: fault.text, with: fault.replacement)
    }
    guard isPlanted, let last = texts.last, !last.isEmpty else {
      throw FormalError(
        "the fault `\(fault!.name)` of `\(proof.name)` replaces `\(fault!.text)`, which the Verilog of "
          + "`\(fault!.module)` does not have")
    }
    return texts.joined(separator: "\n")
  }

  func write(_ text: String, to path: String) throws {
    do {
      try text.write(toFile: path, atomically: false, encoding: .utf8)
    } catch {
      throw FormalError("\(path) cannot be written: \(error.localizedDescription)")
    }
  }

  private func keepTrace(of proof: Proof, from folder: String) throws -> String? {
    let source = "\(folder)/trace.vcd"
    guard let traces, FileManager.default.fileExists(atPath: source) else { return nil }
    let target = "\(traces)/\(proof.name.replacingOccurrences(of: "/", with: "-")).vcd"
    do {
      try FileManager.default.createDirectory(atPath: traces, withIntermediateDirectories: true)
      if FileManager.default.fileExists(atPath: target) {
        try FileManager.default.removeItem(atPath: target)
      }
      try FileManager.default.copyItem(atPath: source, toPath: target)
    } catch {
      throw FormalError("\(target) cannot be written: \(error.localizedDescription)")
    }
    return target
  }
}
