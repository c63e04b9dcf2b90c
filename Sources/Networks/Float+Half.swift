extension Float {
  /// A number of IEEE 754 in half precision. (`Float16` is not there on every machine.)
  package init(half bits: UInt16) {
    let exponent = bits >> 10 & 31
    let fraction = Float(bits & 1023)
    let magnitude: Float =
      switch exponent {
      case 0: fraction * 0x1p-24
      case 31: fraction == 0 ? .infinity : .nan
      default: Float(sign: .plus, exponent: Int(exponent) - 25, significand: 1024 + fraction)
      }
    self = bits >> 15 == 1 ? -magnitude : magnitude
  }
}
