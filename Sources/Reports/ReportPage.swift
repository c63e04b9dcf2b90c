extension ReportContent {
  /// The page: one HTML file that needs no other, and is well-formed XML. The same bytes for the same content.
  public func html() -> String {
    var page = Markup()
    page.raw("<!DOCTYPE html>\n")
    page.element("html", ["lang": "en", "xmlns": "http://www.w3.org/1999/xhtml"]) { page in
      page.element("head") { page in
        page.element("meta", ["charset": "utf-8"])
        page.element(
          "meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
        page.element("meta", ["name": "color-scheme", "content": "light dark"])
        // Without an icon of its own a browser would ask the server for one.
        page.element("link", ["rel": "icon", "href": "data:,"])
        page.element("title", content: title)
        page.raw("<style>\n\(PageStyle.text)</style>\n")
      }
      page.element("body", body: addBody)
    }
    return page.text
  }

  private func addBody(_ page: inout Markup) {
    page.element("header") { page in
      page.element("h1", content: title)
      page.element("dl", ["class": "facts"]) { page in
        for fact in facts {
          page.element("dt", content: fact.name)
          page.element("dd", content: fact.value)
        }
      }
      page.element("ul", ["class": "highlights"]) { page in
        for highlight in highlights {
          page.element("li") { page in
            page.element("strong", content: highlight.value)
            page.element("span", content: highlight.meaning)
            page.element("small", content: highlight.provenance)
          }
        }
      }
      page.element("nav", ["aria-label": "Sections"]) { page in
        for (number, section) in sections.enumerated() {
          page.element("a", ["href": "#section-\(number + 1)"], content: section.title)
        }
      }
    }
    page.element("main") { page in
      var figures = 0
      for (number, section) in sections.enumerated() {
        page.element("section", ["id": "section-\(number + 1)"]) { page in
          page.element("h2", content: section.title)
          page.element("p", content: section.introduction)
          for figure in section.figures {
            figures += 1
            figure.add(to: &page, id: "figure-\(figures)")
          }
        }
      }
    }
  }
}

extension ReportContent.Figure {
  func add(to page: inout Markup, id: String) {
    page.element("figure", ["id": id]) { page in
      page.element("h3", content: title)
      page.element("div", ["class": "picture"]) { $0.raw(svg(id: id)) }
      page.element("figcaption") { page in
        page.element("span", content: caption)
        page.element("small", content: provenance)
      }
      page.element("details") { page in
        page.element("summary", content: "Numbers")
        page.element("div", ["class": "numbers"]) { numbers.add(to: &$0, title) }
      }
    }
  }

  /// The picture alone, as an SVG element.
  public func svg(id: String) -> String {
    switch chart {
    case .bars(let chart): chart.draw(id: id, title: title)
    case .steps(let chart): chart.draw(id: id, title: title)
    case .heat(let chart): chart.draw(id: id, title: title)
    case .roofline(let chart): chart.draw(id: id, title: title)
    }
  }
}

extension ReportContent.Numbers {
  func add(to page: inout Markup, _ title: String) {
    page.element("table") { page in
      page.element("caption", content: title)
      page.element("thead") { page in
        page.element("tr") { page in
          for name in header { page.element("th", ["scope": "col"], content: name) }
        }
      }
      page.element("tbody") { page in
        for row in rows {
          page.element("tr") { page in
            for (column, cell) in row.enumerated() {
              if column == 0 {
                page.element("th", ["scope": "row"], content: cell)
              } else {
                page.element("td", content: cell)
              }
            }
          }
        }
      }
    }
  }
}
