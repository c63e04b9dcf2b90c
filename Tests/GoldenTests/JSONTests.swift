import Testing

@testable import Networks

@Suite struct JSONTests {
  @Test func everyKindOfValue() throws {
    let text = #" { "a" : [ 1 , -2.5e+3 , true , false , null ] , "b" : { } , "c" : [] } "#
    let numbers: [JSON] = [
      .number("1"), .number("-2.5e+3"), .boolean(true), .boolean(false), .null,
    ]
    #expect(
      try JSON(parsing: text.utf8)
        == .object([
          .init(name: "a", value: .array(numbers)), .init(name: "b", value: .object([])),
          .init(name: "c", value: .array([])),
        ]))
  }

  @Test func escapes() throws {
    let text = #""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é""#
    #expect(try JSON(parsing: text.utf8) == .string("\"\\/\u{8}\u{c}\n\r\té😀é"))
  }

  @Test func textIsParsedBack() throws {
    let value = JSON.object([
      .init(name: "a\"\\\n\u{1f}é", value: .array([.integer(-7), .null, .boolean(true)])),
      .init(name: "", value: .object([])),
    ])
    #expect(try JSON(parsing: value.text.utf8) == value)
  }

  struct Fault: CustomTestStringConvertible {
    let text, message: String
    var testDescription: String { message }
    init(_ text: String, _ message: String) {
      self.text = text
      self.message = message
    }
  }

  @Test(arguments: [
    Fault("", "it ends where a value is expected"),
    Fault("{\"a\":1", "it ends where ',' is expected"),
    Fault("[1,]", "byte 3 is not a value"),
    Fault("{a:1}", "byte 1 is not '\"'"),
    Fault("[1 2]", "byte 3 is not ','"),
    Fault("1 2", "byte 2 is not the end"),
    Fault("tru", "it ends where 'e' is expected"),
    Fault("01", "the number at byte 0 starts with a zero"),
    Fault("1.", "it ends where a digit is expected"),
    Fault("1e+", "it ends where a digit is expected"),
    Fault("\"a\n\"", "byte 2 is not a character of a string"),
    Fault("\"\\x\"", "byte 2 is not 'u'"),
    Fault("\"\\u12g4\"", "byte 5 is not a hexadecimal digit"),
    Fault("\"\\ud800\\u0041\"", "the escape that ends at byte 13 is not a character"),
    Fault("{\"a\":1,\"a\":2}", "'a' is given twice; names must differ"),
    Fault(
      String(repeating: "[", count: 65), "values are nested deeper than 64 at byte 64"),
  ])
  func broken(_ given: Fault) {
    let error = #expect(throws: NetworkError.self) { try JSON(parsing: given.text.utf8) }
    #expect(error?.description == given.message)
  }

  @Test func brokenEncoding() {
    let error = #expect(throws: NetworkError.self) { try JSON(parsing: [0x22, 0xFF, 0x22]) }
    #expect(error?.description == "the string that ends at byte 3 is not UTF-8")
  }
}
