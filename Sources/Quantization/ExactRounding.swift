/// Real numbers in units of a scale, rounded exactly.
struct ExactRounding {
  let scale: Dyadic
  /// The nearest floating-point number.
  private let near: Double

  init(_ scale: Dyadic) {
    self.scale = scale
    near = scale.double
  }

  /// value / scale to the nearest integer, ties to even; nil where it takes more than about 100 bits.
  func nearest(_ value: Float) -> Int128? {
    // Two roundings of floating-point numbers are closer than this to the exact quotient; only near a
    // tie does it take exact arithmetic.
    let quotient = Double(value) / near
    if near.isNormal, quotient.magnitude < 0x1p30 {
      let rounded = quotient.rounded(.toNearestOrEven)
      if (quotient - rounded).magnitude < 0.499_999 { return Int128(rounded) }
    }
    return Dyadic(Double(value.magnitude)).rounded(by: scale).map { value < 0 ? -$0 : $0 }
  }

  /// value / scale rounded up; nil where it takes more than about 100 bits.
  func up(_ value: Float) -> Int128? {
    let magnitude = Dyadic(Double(value.magnitude))
    return value < 0
      ? magnitude.roundedDown(by: scale).map(-) : magnitude.roundedUp(by: scale)
  }
}
