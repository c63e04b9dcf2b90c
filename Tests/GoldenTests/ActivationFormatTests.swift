import Networks
import Testing

@Suite struct ActivationFormatTests {
  struct Case: CustomTestStringConvertible {
    let word: String
    let range, usualClamp: ClosedRange<Int>?
    var testDescription: String { word }
  }

  @Test(arguments: [
    Case(word: "u8", range: 0...255, usualClamp: 0...255),
    Case(word: "s8", range: -128...127, usualClamp: -127...127),
    Case(word: "uint2", range: 0...3, usualClamp: 0...3),
    Case(word: "int16", range: -32768...32767, usualClamp: -32767...32767),
    Case(word: "u31", range: 0...2_147_483_647, usualClamp: 0...2_147_483_647),
    Case(
      word: "s32", range: -2_147_483_648...2_147_483_647,
      usualClamp: -2_147_483_647...2_147_483_647),
    Case(word: "u32", range: nil, usualClamp: nil), Case(word: "u1", range: nil, usualClamp: nil),
    Case(word: "s33", range: nil, usualClamp: nil), Case(word: "8", range: nil, usualClamp: nil),
    Case(word: "u", range: nil, usualClamp: nil), Case(word: "u+8", range: nil, usualClamp: nil),
    Case(word: "", range: nil, usualClamp: nil), Case(word: "u8x", range: nil, usualClamp: nil),
  ])
  func words(_ given: Case) {
    let format = ActivationFormat(given.word)
    #expect(format?.range == given.range)
    #expect(format?.usualClamp == given.usualClamp)
  }
}
