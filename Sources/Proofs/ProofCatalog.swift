import Components
import Formal
import HDL
import Machine

/// The proofs of this package.
public enum ProofCatalog {
  /// All of them, in the order in which they are reported.
  public static let all: [Proof] =
    element + lane + delay + streamRegister + streamFIFO + registers + movers + arbiter
    + slots + argmax + ring + buffers + thresholds + feeder + tiles + pooling + equivalence

  /// A module of the machine, by its name.
  static func machine(_ name: String) -> Module {
    Machine.accelerator.hierarchy.first { $0.name == name }!
  }
}
