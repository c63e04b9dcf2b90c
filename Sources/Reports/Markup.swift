import Foundation

/// XML text in the making. HTML pages and pictures are written with it, so both are well-formed XML.
struct Markup {
  private(set) var text = ""

  /// An element without content.
  mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String> = [:]) {
    text += Self.opening(name, attributes) + "/>\n"
  }

  /// An element that holds only `content`.
  mutating func element(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:], content: String
  ) {
    text += Self.opening(name, attributes) + ">" + Self.escaped(content) + "</\(name)>\n"
  }

  /// An element that holds what `body` adds.
  mutating func element(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:], body: (inout Markup) -> Void
  ) {
    text += Self.opening(name, attributes) + ">\n"
    body(&self)
    text += "</\(name)>\n"
  }

  /// Markup as it stands.
  mutating func raw(_ markup: String) { text += markup }

  private static func opening(
    _ name: String, _ attributes: KeyValuePairs<String, String>
  ) -> String {
    "<" + name + attributes.map { " \($0)=\"\(escaped($1))\"" }.joined()
  }

  /// `text` as XML content or an attribute's value; characters that XML forbids become U+FFFD.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\t", "\n", "\r": result += " "
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
        result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

/// A coordinate with at most two decimals.
func coordinate(_ value: Double) -> String {
  var text = String(format: "%.2f", value)
  while text.last == "0" { text.removeLast() }
  if text.last == "." { text.removeLast() }
  return text == "-0" ? "0" : text
}

/// A value that can be drawn: what is negative or not finite counts as zero.
func drawable(_ value: Double) -> Double { value.isFinite && value > 0 ? value : 0 }
