import Testing

@testable import Reports

/// The page as a document.
@Suite struct PageTests {
  private static let content = ReportContent(
    title: "A <page> & \"more\"", facts: [.init("Network", "a/b.safetensors")],
    highlights: [.init("2.00x", "energy", provenance: "exact model")],
    sections: ["One", "Two"].map { title in
      .init(
        title, introduction: "What it is.",
        (0..<2).map { number in
          .init(
            "\(title) \(number)", caption: "How to read it.", provenance: "exact model",
            .heat(HeatMap([[1, 2]], quantity: "q")),
            numbers: .init(header: ["name", "value"], rows: [["a<b", "1"], ["c", "2"]]))
        })
    })

  @Test func isWellFormedAndComplete() throws {
    let page = try parseXML(Self.content.html())
    #expect(page.all("title").first?.fullText == "A <page> & \"more\"")
    #expect(page.all("h2").map(\.fullText) == ["One", "Two"])
    let figures = page.all("figure")
    #expect(figures.count == 4)
    for figure in figures {
      let picture = try #require(figure.all("svg").first)
      #expect(picture.attributes["role"] == "img")
      let labels = try #require(picture.attributes["aria-labelledby"]).split(separator: " ")
      for label in labels {
        let named = (picture.all("title") + picture.all("desc")).first {
          $0.attributes["id"] == String(label)
        }
        #expect(named?.fullText.isEmpty == false)
      }
      #expect(figure.all("details").first?.all("tr").count == 3)
      #expect(figure.all("small").map(\.fullText) == ["exact model"])
    }
    #expect(figures[0].all("tbody")[0].all("tr")[0].children.map(\.fullText) == ["a<b", "1"])
  }

  @Test func hasEachIdOnce() throws {
    func ids(_ element: XMLElement) -> [String] {
      (element.attributes["id"].map { [$0] } ?? []) + element.children.flatMap(ids)
    }
    let page = try parseXML(Self.content.html())
    let all = ids(page)
    #expect(Set(all).count == all.count)
    for link in page.all("a") {
      #expect(all.contains(String(link.attributes["href"]!.dropFirst())))
    }
  }

  @Test func needsNoOtherFile() throws {
    let text = Self.content.html()
    for word in ["src=", "url(", "@import", "<script"] { #expect(!text.contains(word)) }
    func links(_ element: XMLElement) -> [String] {
      (element.attributes["href"].map { [$0] } ?? []) + element.children.flatMap(links)
    }
    #expect(links(try parseXML(text)).allSatisfy { $0.hasPrefix("#") || $0 == "data:," })
  }

  @Test func isTheSameForTheSame() {
    #expect(Self.content.html() == Self.content.html())
  }

  @Test(arguments: [
    (0.0, "0"), (999, "999"), (1234, "1\u{202F}234"), (0.5, "0.500"), (12.345, "12.3"),
    (0.0001, "1.00e-04"), (1e20, "1.00e+20"), (.nan, "-"),
  ]) func printsThreeDigits(value: Double, text: String) {
    #expect(NumberText.short(value) == text)
  }

  @Test(arguments: [
    ("0", "0"), ("1000", "1\u{202F}000"), ("-1234567.125", "-1\u{202F}234\u{202F}567.125"),
  ]) func groupsDigits(digits: String, text: String) {
    #expect(NumberText.grouped(digits: digits) == text)
  }
}
