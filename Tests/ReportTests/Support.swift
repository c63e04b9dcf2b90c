import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// An element of a parsed document.
final class XMLElement {
  let name: String
  let attributes: [String: String]
  var children: [XMLElement] = []
  var text = ""

  init(_ name: String, _ attributes: [String: String]) {
    self.name = name
    self.attributes = attributes
  }

  /// All elements called `name` below.
  func all(_ name: String) -> [XMLElement] {
    children.flatMap { ($0.name == name ? [$0] : []) + $0.all(name) }
  }

  /// The text of this element and of all below.
  var fullText: String { text + children.map(\.fullText).joined() }
}

/// Foundation's parser, which knows nothing of how the text was made.
private final class TreeBuilder: NSObject, XMLParserDelegate {
  var stack = [XMLElement("", [:])]

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String] = [:]
  ) {
    let element = XMLElement(name, attributes)
    stack.last!.children.append(element)
    stack.append(element)
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) { stack.removeLast() }

  func parser(_ parser: XMLParser, foundCharacters text: String) { stack.last!.text += text }
}

struct XMLFailure: Error { let line: Int }

/// The root of an XML document.
func parseXML(_ text: String) throws -> XMLElement {
  let parser = XMLParser(data: Data(text.utf8))
  let builder = TreeBuilder()
  parser.delegate = builder
  guard parser.parse() else { throw XMLFailure(line: parser.lineNumber) }
  return builder.stack[0].children[0]
}
