/// A declared name: port, wire, register or memory.
package final class Declaration: Sendable {
  package enum Kind: Sendable, Equatable { case input, output, wire, register, memory, pattern }

  package let name: String
  package let shape: Shape
  package let kind: Kind
  /// Number of words of a memory.
  let depth: Nat?
  /// Whether a clocked process drives it.
  let isClocked: Bool
  /// Value on reset of a register that has one.
  let reset: Signal?
  /// What a memory holds before anything is written.
  package let contents: MemoryContents?
  /// The bits of a named pattern.
  let pattern: UInt64
  let doc: String
  /// The generate blocks around the declaration, outermost first.
  let scope: [ScopeStep]
  package let location: Location
  /// The description that it belongs to.
  let owner: ModuleBuilder.Identity?

  init(
    _ name: String, _ shape: Shape, _ kind: Kind, depth: Nat? = nil, isClocked: Bool = false,
    reset: Signal? = nil, contents: MemoryContents? = nil, pattern: UInt64 = 0, doc: String,
    scope: [ScopeStep], location: Location, owner: ModuleBuilder.Identity? = nil
  ) {
    self.name = name
    self.shape = shape
    self.kind = kind
    self.depth = depth
    self.isClocked = isClocked
    self.reset = reset
    self.contents = contents
    self.pattern = pattern
    self.doc = doc
    self.scope = scope
    self.location = location
    self.owner = owner
  }
}

/// A named generate block, with its loop variable if it is a loop.
struct ScopeStep: Sendable, Equatable {
  let label: String
  let index: String?
}

/// A memory of words.
public struct Memory: Sendable {
  let declaration: Declaration

  /// The word at `address`: a value to read, or a target inside `clocked`, whole or in slices
  /// (byte lanes). A read in `clocked` is a synchronous read, any other an asynchronous one.
  public subscript(address: Signal) -> Signal {
    var word = Signal(.word(declaration, address: address), declaration.shape, from: [address])
    if address.shape.isSigned {
      word.problems.append(
        "the address \(address.text) of `\(declaration.name)` is signed; use `asUnsigned`")
    }
    word.requireIndexWidth(
      address, of: declaration.depth ?? 1, "the address \(address.text) of `\(declaration.name)`")
    return word
  }
}

/// What a memory holds at the start: a simulation's, and an FPGA's after it is configured.
public enum MemoryContents: Sendable, Equatable {
  /// Every word is zero.
  case zeros
  /// The first words, the low 64 bits of each; the rest are zero.
  case words([UInt64])
}
