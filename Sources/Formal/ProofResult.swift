/// What the solver says of a claim.
public enum Verdict: Sendable, Equatable {
  /// The claim holds.
  case proved
  /// The assertion that fails or the cover that is not reached, and the cycle.
  case refuted(String, step: Int)
  /// Neither: why, in the tool's words.
  case undecided(String)
}

/// What came of a proof and its faults.
public struct ProofResult: Sendable, CustomStringConvertible {
  /// What came of a proof with one mistake put in.
  public struct FaultResult: Sendable {
    /// The mistake put in.
    public let fault: Fault
    /// What the solver says of the claim with the mistake.
    public let verdict: Verdict

    /// Whether the proof found the mistake.
    public var isFound: Bool { if case .refuted = verdict { true } else { false } }
  }

  /// The proof that was run.
  public let proof: Proof
  /// What the solver says of the claim.
  public let verdict: Verdict
  /// The waves of the counterexample, if there is one and waves were asked for.
  public let trace: String?
  /// The time in seconds that the proof and its faults took together.
  public let seconds: Double
  /// One for each fault of the proof, in order.
  public let faults: [FaultResult]

  /// The name, the verdict and the faults that were not found.
  public var description: String {
    let missed = faults.filter { !$0.isFound }.map { "; the fault '\($0.fault.name)' is not found" }
    return "\(proof.name): \(verdict)\(missed.joined())"
  }

  /// Whether the claim is proved and every fault found.
  public var holds: Bool { verdict == .proved && faults.allSatisfy(\.isFound) }
}

extension Verdict: CustomStringConvertible {
  /// The verdict in one line: what fails and in which cycle, or why there is no answer.
  public var description: String {
    switch self {
    case .proved: return "proved"
    case .refuted(let name, let step): return "refuted: \(name) in step \(step)"
    case .undecided(let words): return "undecided: \(words)"
    }
  }
}
