import Testing

@testable import Reports

/// Places of what charts draw, computed by hand.
@Suite struct ChartTests {
  @Test func stacksBarsFromTheLeft() throws {
    let chart = BarChart(
      series: ["a", "b"], groups: [.init("g", [.init("x", [3, 1]), .init("y", [0, 2])])],
      quantity: "energy", unit: "pJ")
    let bars = try parseXML(chart.draw(id: "f", title: "t")).all("rect").dropFirst(2)
    // Two columns of one letter of 6.4 and 8 pixels each, 6 more; 70 stay free on the right; the axis ends at 4.
    #expect(bars.map { $0.attributes["x"] } == ["34.8", "526.2", "34.8"])
    #expect(bars.map { $0.attributes["width"] } == ["491.4", "163.8", "327.6"])
    #expect(bars.map { $0.attributes["y"] } == ["29", "29", "47"])
    #expect(bars.map { $0.attributes["class"] } == ["s0", "s1", "s1"])
    #expect(bars.map(\.fullText) == ["g, x: a 3.00 pJ", "g, x: b 1.00 pJ", "g, y: b 2.00 pJ"])
  }

  @Test func namesTheMagnitudeOfLargeValues() throws {
    let chart = BarChart(
      series: ["a"], groups: [.init("", [.init("x", [3e9])])], quantity: "energy", unit: "pJ")
    let texts = try parseXML(chart.draw(id: "f", title: "t")).all("text").map(\.fullText)
    #expect(texts.contains("energy (million pJ)"))
    #expect(texts.contains("3\u{202F}000"))
  }

  @Test func stepsOverTime() throws {
    let chart = StepChart(
      series: ["a", "b"], shares: [[0.25, 0.5], [1, 0]], interval: 10, end: 15,
      marks: [.init(10, "fc")], quantity: "cycles")
    let picture = try parseXML(chart.draw(id: "f", title: "t"))
    // 690 pixels for 15 cycles from 50 on, 200 for all of a cycle up from 242; b stands on a.
    #expect(
      picture.all("path").map { $0.attributes["d"] } == [
        "M50 242V92H510V42H740V242Z", "M50 242V192H510V42H740V242Z",
      ])
    let mark = try #require(picture.all("line").first { $0.attributes["class"] == "mark" })
    #expect(mark.attributes["x1"] == "510")
    #expect(picture.all("text").contains { $0.fullText == "fc" })
  }

  @Test func coloursAHeatMap() throws {
    let picture = try parseXML(
      HeatMap([[0, 1], [2, 3]], quantity: "q").draw(id: "f", title: "t"))
    let cells = picture.all("rect").prefix(4)
    #expect(cells.map { $0.attributes["class"] } == ["h0", "h3", "h6", "h9"])
    #expect(cells.map { $0.attributes["x"] } == ["50", "76", "50", "76"])
    #expect(cells.map { $0.attributes["y"] } == ["38", "38", "64", "64"])
    #expect(cells.last?.fullText == "row 1, column 1: 3.00")
  }

  @Test func drawsALargeGridInBlocks() {
    let blocks = HeatMap.blocks((0..<65).map { row in [Double(row), 1] })
    #expect(blocks.size == 2)
    #expect(blocks.cells.count == 33)
    #expect(blocks.cells[0] == [0.75])
    #expect(blocks.cells[32] == [32.5])
    #expect(blocks.name("row", 32) == "rows 64 to 64")
  }

  @Test func drawsRoofs() throws {
    let chart = RooflineChart(
      series: [.init("s", [.init("fc", intensity: 10, performance: 10)])], computeRoof: 100,
      memoryRoof: 1, work: "MACs")
    let picture = try parseXML(chart.draw(id: "f", title: "t"))
    let roofs = picture.all("line").filter { $0.attributes["class"] == "roof" }
    // Two decades across 676 pixels from 64 on, one up 360 from 388; the roofs meet at 100 MACs per byte.
    #expect(
      roofs.map { line in ["x1", "y1", "x2", "y2"].map { line.attributes[$0] } } == [
        ["64", "388", "402", "28"], ["402", "28", "740", "28"],
      ])
    let points = picture.all("path")
    #expect(points.map { $0.attributes["d"] }.last == "M59 383L69 383L69 393L59 393Z")
    #expect(picture.all("text").contains { $0.fullText == "fc" })
  }

  static let names = [
    "", "conv1", String(repeating: "a long name of a layer ", count: 20), "<&\"'>]]>",
    "\u{1}\u{FFFF}", "層",
  ]
  static let values = [0, 1, -1, 1e-300, 1e300, .nan, .infinity, -.infinity]

  /// Everything that a chart can be asked to draw is drawn inside its picture, as XML.
  @Test(arguments: [0, 1, 9], names) func isRobust(count: Int, name: String) throws {
    for value in Self.values {
      let numbers = (0..<count).map { _ in name }
      let charts: [ReportContent.Chart] = [
        .bars(
          BarChart(
            series: numbers,
            groups: numbers.map { .init($0, [.init($0, numbers.map { _ in value })]) },
            quantity: name, unit: name)),
        .steps(
          StepChart(
            series: numbers, shares: numbers.map { _ in numbers.map { _ in value } }, interval: 1,
            end: Double(count), marks: numbers.enumerated().map { .init(Double($0), $1) },
            quantity: name)),
        .heat(HeatMap(numbers.map { _ in numbers.map { _ in value } }, quantity: name)),
        .roofline(
          RooflineChart(
            series: numbers.map { series in
              .init(series, numbers.map { .init($0, intensity: value, performance: 2) })
            }, computeRoof: 256, memoryRoof: 16, work: name)),
      ]
      for chart in charts {
        let figure = ReportContent.Figure(
          name, caption: name, provenance: name, chart, numbers: .init(header: [name], rows: []))
        let text = figure.svg(id: "f")
        let picture = try parseXML(text)
        #expect(text == figure.svg(id: "f"))
        let size = try #require(picture.attributes["viewBox"]).split(separator: " ")
        let height = try #require(Double(size[3]))
        #expect(height > 0)
        for rectangle in picture.all("rect") {
          let (x, y) = (Double(rectangle.attributes["x"]!)!, Double(rectangle.attributes["y"]!)!)
          let width = Double(rectangle.attributes["width"]!)!
          #expect(x >= 0 && x + width <= 760.01 && y >= 0 && y <= height)
        }
        for element in picture.all("path") {
          #expect(!element.attributes["d"]!.contains("n"), "no number is nan or inf")
        }
      }
    }
  }

  /// A network of many layers in several designs: every bar and point is there.
  @Test func drawsSixtyLayers() throws {
    let layers = (1...60).map { "conv\($0)" }
    let bars = BarChart(
      series: ["a", "b"],
      groups: layers.map { .init($0, (1...4).map { .init("design \($0)", [1, 2]) }) },
      quantity: "energy", unit: "pJ")
    #expect(try parseXML(bars.draw(id: "f", title: "t")).all("rect").count == 2 + 60 * 4 * 2)
    let roofline = RooflineChart(
      series: (1...4).map { design in
        .init(
          "design \(design)",
          layers.enumerated().map {
            .init($1, intensity: Double($0 + 1), performance: Double($0 + design))
          })
      }, computeRoof: 256, memoryRoof: 16, work: "MACs")
    let picture = try parseXML(roofline.draw(id: "f", title: "t"))
    #expect(picture.all("path").count == 4 + 60 * 4)
  }
}
