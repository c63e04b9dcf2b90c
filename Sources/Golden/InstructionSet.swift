internal import CDotProducts

/// What the golden model's batches are computed with; all give the same numbers.
public enum InstructionSet: Sendable, CaseIterable {
  case portable
  /// Vectors of 256 bits of x86-64.
  case avx2
  /// Vectors of 512 bits of x86-64 with products of bytes.
  case avx512VNNI

  /// Whether this machine has it.
  public var isAvailable: Bool { mime_has_instructions(code) }

  /// The fastest of this machine.
  public static var best: InstructionSet { allCases.last { $0.isAvailable }! }

  var code: Int32 {
    switch self {
    case .portable: Int32(MIME_PORTABLE)
    case .avx2: Int32(MIME_AVX2)
    case .avx512VNNI: Int32(MIME_AVX512_VNNI)
    }
  }
}
