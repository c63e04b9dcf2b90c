import HDL

/// A claim about hardware that a solver decides for all inputs.
public struct Proof: Sendable {
  /// How the claim is decided.
  public enum Method: Sendable, Equatable {
    /// For all time: no assertion fails in the first `depth` cycles, and none fails in the cycle
    /// after any `depth` cycles without a failure.
    case induction(depth: Int)
    /// No assertion fails in the first `depth` cycles.
    case bounded(depth: Int)
    /// Every cover is reached within `depth` cycles.
    case cover(depth: Int)
    /// The parameterized Verilog and the elaborated module give, from any equal contents of
    /// registers and memories and with equal inputs, equal outputs and equal next contents.
    ///
    /// What the Verilog leaves undefined, such as an element past the end, may be anything.
    case equivalence
  }

  /// Tells the proof from others, in parts with `/` between them.
  public let name: String
  /// What is proved: one sentence.
  public let claim: String
  /// The module with the assertions, or for an equivalence the module that is compared.
  public let harness: Module
  /// Values for the harness's parameters; what is not named takes its default.
  public let configuration: Configuration
  /// How the claim is decided, and for how many cycles.
  public let method: Method
  /// Mistakes that the proof has to find, each put in alone.
  public let faults: [Fault]

  /// A claim about `harness` with its parameters at `configuration`.
  public init(
    _ name: String, _ claim: String, _ harness: Module, at configuration: Configuration = [:],
    by method: Method, faults: [Fault] = []
  ) {
    self.name = name
    self.claim = claim
    self.harness = harness
    self.configuration = configuration
    self.method = method
    self.faults = faults
  }
}

/// A mistake put into the Verilog of one module, which a proof has to find.
public struct Fault: Sendable {
  /// What the mistake is, in a few words.
  public let name: String
  /// Name of the module whose Verilog it is put into.
  public let module: String
  /// The Verilog that is replaced, wherever it stands in the module.
  public let text: String
  /// The Verilog that stands there instead.
  public let replacement: String
  /// The cycles in which it has to show; the proof's own depth if that is more.
  public let depth: Int

  /// A mistake that puts `replacement` where `module` has `text`, to show within `depth` cycles.
  public init(
    _ name: String, in module: String, _ text: String, _ replacement: String, within depth: Int = 12
  ) {
    self.name = name
    self.module = module
    self.text = text
    self.replacement = replacement
    self.depth = depth
  }
}

extension Proof {
  /// - Throws: `FormalError` where there is nothing to prove.
  func checkSubject() throws {
    let kinds = harness.propertyKinds
    switch method {
    case .induction(let depth), .bounded(let depth), .cover(let depth):
      guard depth >= 1 else {
        throw FormalError("the proof `\(name)` looks at \(depth) cycles; 1 is the least")
      }
      let isCover = if case .cover = method { true } else { false }
      guard kinds.contains(isCover ? .cover : .assert) else {
        throw FormalError(
          "the proof `\(name)` proves nothing: `\(harness.name)` has no "
            + (isCover ? "cover" : "assertion"))
      }
    case .equivalence: break
    }
  }
}

extension Proof.Method: CustomStringConvertible {
  /// The method in one word, with its depth in cycles where it has one.
  public var description: String {
    switch self {
    case .induction(let depth): return "induction \(depth)"
    case .bounded(let depth): return "bounded \(depth)"
    case .cover(let depth): return "cover \(depth)"
    case .equivalence: return "equivalence"
    }
  }
}
