internal import CGMP

/// An integer of any size, by GMP.
struct BigInteger: Comparable, CustomStringConvertible {
  /// Owns the limbs.
  private final class Storage {
    let limbs: mpz_ptr

    init() {
      limbs = mpz_ptr.allocate(capacity: 1)
      __gmpz_init(limbs)
    }

    deinit {
      __gmpz_clear(limbs)
      limbs.deallocate()
    }
  }

  private var storage = Storage()

  init(_ value: Int) { __gmpz_set_si(storage.limbs, value) }

  /// The integer that `compute` writes.
  private init(_ compute: (mpz_ptr) -> Void) { compute(storage.limbs) }

  static func + (a: BigInteger, b: BigInteger) -> BigInteger {
    BigInteger { __gmpz_add($0, a.storage.limbs, b.storage.limbs) }
  }

  static func - (a: BigInteger, b: BigInteger) -> BigInteger {
    BigInteger { __gmpz_sub($0, a.storage.limbs, b.storage.limbs) }
  }

  static func * (a: BigInteger, b: BigInteger) -> BigInteger {
    BigInteger { __gmpz_mul($0, a.storage.limbs, b.storage.limbs) }
  }

  static prefix func - (a: BigInteger) -> BigInteger { BigInteger(0) - a }

  /// The sum grows by `a * b`.
  mutating func add(product a: BigInteger, _ b: BigInteger) {
    if !isKnownUniquelyReferenced(&storage) { self = self + BigInteger(0) }
    __gmpz_addmul(storage.limbs, a.storage.limbs, b.storage.limbs)
  }

  /// 2^exponent.
  static func powerOfTwo(_ exponent: Int) -> BigInteger {
    BigInteger { __gmpz_ui_pow_ui($0, 2, UInt(exponent)) }
  }

  /// The greatest integer that is at most `self / divisor`.
  func floorDivided(by divisor: BigInteger) -> BigInteger {
    BigInteger { __gmpz_fdiv_q($0, storage.limbs, divisor.storage.limbs) }
  }

  func isMultiple(of divisor: BigInteger) -> Bool {
    __gmpz_divisible_p(storage.limbs, divisor.storage.limbs) != 0
  }

  static func == (a: BigInteger, b: BigInteger) -> Bool {
    __gmpz_cmp(a.storage.limbs, b.storage.limbs) == 0
  }

  static func < (a: BigInteger, b: BigInteger) -> Bool {
    __gmpz_cmp(a.storage.limbs, b.storage.limbs) < 0
  }

  /// The value, which must fit; what leaves the exact path has been proven to.
  var int64: Int64 {
    precondition(__gmpz_fits_slong_p(storage.limbs) != 0, "\(self) does not fit 64 bits")
    return Int64(__gmpz_get_si(storage.limbs))
  }

  var description: String {
    // With room for the sign and the end mark.
    let count = __gmpz_sizeinbase(storage.limbs, 10) + 2
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: count) { digits in
      String(cString: __gmpz_get_str(digits.baseAddress, 10, storage.limbs))
    }
  }
}
