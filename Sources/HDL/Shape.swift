/// Width in bits and signedness of a signal.
public struct Shape: Sendable {
  /// In bits, at least 1.
  public var width: Nat
  /// Whether the bits are a two's complement number.
  public var isSigned: Bool

  /// A vector of `width` bits; `bits` and `signed` are shorter ways to it.
  public init(width: Nat, isSigned: Bool) {
    self.width = width
    self.isSigned = isSigned
  }

  /// One unsigned bit.
  public static let bit = Shape(width: 1, isSigned: false)

  func substituting(_ parameters: [String: Nat]) -> Shape {
    Shape(width: width.substituting(parameters), isSigned: isSigned)
  }
}

/// An unsigned vector of `width` bits.
public func bits(_ width: Nat) -> Shape { Shape(width: width, isSigned: false) }

/// A two's complement number of `width` bits.
public func signed(_ width: Nat) -> Shape { Shape(width: width, isSigned: true) }
