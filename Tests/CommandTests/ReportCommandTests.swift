import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// `mimegen report`: what is on the page, and what it refuses.
@Suite struct ReportCommandTests {
  static let arguments =
    [
      "report", "--model", TinyNetwork.modelFile, "--vectors", TinyNetwork.vectorsFile, "--images",
      "2", "-o", "report",
    ] + TinyNetwork.size
  static let page = "report/index.html"
  /// Of every page: energy of all and of layers twice, MACs, cycles, two over time, two heat maps, stored, moved,
  /// roofline.
  static let figures = 12

  static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// The texts of the cells of a page's rows, in order.
  private static func rows(_ page: String) -> [[String]] {
    page.components(separatedBy: "<tr>").dropFirst().map { row in
      row.components(separatedBy: "</tr>")[0].split(separator: "\n").map { cell in
        String(cell.replacing(/<[^>]*>/, with: ""))
      }
    }
  }

  @Test func isOneWellFormedFile() throws {
    try withNetwork { folder in
      let outcome = try Program.run(Self.arguments, in: folder)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output == "Wrote report/index.html.\n")
      #expect(try names(in: "\(folder)/report") == ["index.html"])
      let page = try text("\(folder)/\(Self.page)")
      #expect(XMLParser(data: Data(page.utf8)).parse())
      #expect(page.components(separatedBy: "<svg ").count - 1 == Self.figures)
      #expect(page.components(separatedBy: "<details>").count - 1 == Self.figures)
      #expect(page.contains("exact model"))
      #expect(!page.contains("measured in RTL"))
      let again = try Program.run(Self.arguments, in: folder)
      #expect(again.status == 0)
      #expect(try text("\(folder)/\(Self.page)") == page)
    }
  }

  /// The energies on the page are those of `mimegen energy`, of every design.
  @Test func hasTheEnergiesOfTheDesigns() throws {
    try withNetwork { folder in
      #expect(
        try Program.run(Self.arguments + ["--costs", "horowitz-45nm"], in: folder).status == 0)
      let rows = Self.rows(try text("\(folder)/\(Self.page)"))
      for (kind, flag) in [("MIME", []), ("conventional", ["--as-conventional"])] {
        for mode in ["pipelined", "singular"] {
          for skip in ["off", "on"] {
            let name = "\(kind), \(mode)\(skip == "on" ? ", skip" : "")"
            let energy = try Program.run(
              [
                "energy", "--model", TinyNetwork.modelFile, "--vectors", TinyNetwork.vectorsFile,
                "--images", "2", "--batch-size", "2", "--mode", mode, "--skip", skip, "--format",
                "json", "--costs", "horowitz-45nm",
              ] + flag + TinyNetwork.size, in: folder)
            #expect(energy.status == 0, "\(energy.errors)")
            struct Document: Decodable {
              let energyNumerator, energyDenominator: Int
            }
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            let document = try decoder.decode(
              Document.self, from: Data(energy.output.utf8))
            let row = try #require(rows.first { $0.first == name })
            let all = try #require(
              Decimal(string: row[row.count - 2].replacing("\u{202F}", with: "")))
            let exact = Decimal(document.energyNumerator) / Decimal(document.energyDenominator)
            #expect(exact > 0)
            #expect(abs(all - exact) <= Decimal(string: "0.0000005")!, "\(name)")
          }
        }
      }
    }
  }

  /// What the RTL has counted takes the place of the model's counts, and is named so.
  @Test func takesWhatWasMeasured() throws {
    try withNetwork { folder in
      let run = try Program.run(
        [
          "run", "--model", TinyNetwork.modelFile, "--vectors", TinyNetwork.vectorsFile, "--images",
          "2", "--batch-size", "2", "--latency", "9", "--report", "counts.json",
        ] + TinyNetwork.size, in: folder)
      #expect(run.status == 0, "\(run.output)")
      let counts = ["--store-outputs", "on", "--counts", "counts.json"]
      let outcome = try Program.run(Self.arguments + counts, in: folder)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let rows = Self.rows(try text("\(folder)/\(Self.page)"))
      let measured = rows.filter { $0.contains("measured in RTL") }
      #expect(!measured.isEmpty)
      #expect(measured.allSatisfy { $0.contains("MIME, pipelined") })
      #expect(rows.contains { $0.contains("MIME, singular") && $0.contains("exact model") })

      expectRefusal(
        try Program.run(Self.arguments + counts + ["--counts", "counts.json"], in: folder),
        "two reports of --counts are of the same design: name one of them")
      let other = try Program.run(Self.arguments + counts + ["--images", "1"], in: folder)
      #expect(other.status == 2)
      #expect(other.sentence.contains("counts.json is of another run"))
    }
  }

  @Test(arguments: [
    (["--vectors", "v"], "--model and --vectors go together: name both, or none for golden/small"),
    (
      ["--conventional-vectors", "v"],
      "--conventional-vectors is for --conventional-model: name that too"
    ),
    (
      ["--counts", "none.json"], "none.json cannot be read; name a report of 'mimegen run --report'"
    ),
    (["--images", "0"], "images per task is 0, and must be at least 1"),
    (["--lanes", "2"], "--lanes is for the core alone: the accelerator has a lane a column"),
  ]) func refuses(arguments: [String], sentence: String) throws {
    try withNetwork { folder in
      let model =
        arguments[0] == "--vectors"
        ? [] : ["--model", TinyNetwork.modelFile, "--vectors", TinyNetwork.vectorsFile]
      let outcome = try Program.run(["report", "-o", "report"] + model + arguments, in: folder)
      expectRefusal(outcome, sentence)
      #expect(try names(in: folder) == [TinyNetwork.modelFile, TinyNetwork.vectorsFile])
    }
  }

  /// Chromium shows the page of the committed network without a word on its console, with every picture in it.
  @Test(.enabled(if: Browser.path != nil, Comment(rawValue: Browser.missing)))
  func isShownByABrowser() throws {
    try withFolder { folder in
      let outcome = try Program.run(
        ["report", "--images", "1", "-o", "\(folder)/report"], in: Self.repository)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let page = "\(folder)/\(Self.page)"
      let shown = try Browser.open(
        page, ["--window-size=900,7000", "--screenshot=\(folder)/page.png"], in: folder)
      #expect(Browser.console(shown) == [])
      let picture = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/page.png"))
      #expect(picture.prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
      #expect(picture.count > 100_000)

      // A script that is not the page's own measures the pictures.
      let probe = """
        <script>onload = () => {
          const sizes = [...document.querySelectorAll("figure svg")].map(
            svg => svg.getBoundingClientRect()).filter(box => box.width > 300 \\u0026\\u0026 box.height > 60);
          console.error("probe " + sizes.length + " " + document.documentElement.scrollWidth);
        }</script></body>
        """.replacing("\\u0026", with: "&")
      let measured = "\(folder)/measured.html"
      try write(try text(page).replacing("</body>", with: probe), to: measured)
      for width in [900, 500] {
        let said = Browser.console(
          try Browser.open(measured, ["--window-size=\(width),900", "--dump-dom"], in: folder))
        #expect(said.count == 1, "the console is read")
        // All pictures are there, and the page itself does not scroll sideways.
        #expect(said[0].contains("\"probe \(Self.figures) \(width)\""), "\(said)")
      }
    }
  }
}
