/// How the requantized value is rounded to an integer.
///
/// The raw values are those of a model's metadata, the order that of the RTL's ROUNDING.
public enum Rounding: String, Sendable, CaseIterable {
  /// To the nearest; ties to the even neighbour.
  case halfEven = "half-even"
  /// floor(x + 1/2): ties upwards.
  case halfUp = "half-up"
  /// To the nearest; ties away from zero.
  case halfAway = "half-away"
  /// Down, to minus infinity.
  case floor
  /// Towards zero.
  case towardZero = "toward-zero"
}
