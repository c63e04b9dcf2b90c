/// The integer format of images or activations; the zero point is always 0.
public struct ActivationFormat: Sendable, Equatable, CustomStringConvertible {
  /// The widths a format can have: values are kept as `Int32`.
  public static func widths(isSigned: Bool) -> ClosedRange<Int> { 2...(isSigned ? 32 : 31) }

  /// Bits of a value, in `widths(isSigned:)`.
  public let width: Int
  public let isSigned: Bool

  public init(width: Int, isSigned: Bool) {
    precondition(Self.widths(isSigned: isSigned).contains(width), "no such format")
    self.width = width
    self.isSigned = isSigned
  }

  /// From a metadata word: u8, s8, uint8, int8 and so on; nil for anything else.
  public init?(_ word: some StringProtocol) {
    let forms = [("uint", false), ("int", true), ("u", false), ("s", true)]
    guard let (prefix, isSigned) = forms.first(where: { word.hasPrefix($0.0) }) else { return nil }
    let digits = word.dropFirst(prefix.count)
    guard digits.allSatisfy({ ("0"..."9").contains($0) }), let width = Int(digits),
      Self.widths(isSigned: isSigned).contains(width)
    else { return nil }
    self.init(width: width, isSigned: isSigned)
  }

  /// Every value the format represents.
  public var range: ClosedRange<Int> {
    isSigned ? -(1 << (width - 1))...(1 << (width - 1)) - 1 : 0...(1 << width) - 1
  }

  /// The usual clamp: the whole range if unsigned, the symmetric one if signed.
  public var usualClamp: ClosedRange<Int> {
    isSigned ? -range.upperBound...range.upperBound : range
  }

  /// u8, s8, ...
  public var description: String { "\(isSigned ? "s" : "u")\(width)" }
}
