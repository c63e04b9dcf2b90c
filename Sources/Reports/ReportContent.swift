/// What a page shows: plain data, ready to be drawn.
public struct ReportContent: Sendable, Equatable {
  /// A picture.
  public enum Chart: Sendable, Equatable {
    case bars(BarChart)
    case steps(StepChart)
    case heat(HeatMap)
    case roofline(RooflineChart)
  }

  /// The numbers behind a picture: cells as they are printed, the first column names.
  public struct Numbers: Sendable, Equatable {
    public let header: [String]
    public let rows: [[String]]

    /// A table of `rows`, each as long as `header`.
    public init(header: [String], rows: [[String]]) {
      precondition(rows.allSatisfy { $0.count == header.count }, "a row has a cell a column")
      self.header = header
      self.rows = rows
    }
  }

  /// A picture with its numbers.
  public struct Figure: Sendable, Equatable {
    public let title: String
    /// What it shows and how to read it.
    public let caption: String
    /// Where its numbers come from.
    public let provenance: String
    public let chart: Chart
    public let numbers: Numbers

    /// A picture, with what stands around it.
    public init(
      _ title: String, caption: String, provenance: String, _ chart: Chart, numbers: Numbers
    ) {
      self.title = title
      self.caption = caption
      self.provenance = provenance
      self.chart = chart
      self.numbers = numbers
    }
  }

  /// Figures that belong together.
  public struct Section: Sendable, Equatable {
    public let title: String
    public let introduction: String
    public let figures: [Figure]

    /// The section `title`.
    public init(_ title: String, introduction: String, _ figures: [Figure]) {
      self.title = title
      self.introduction = introduction
      self.figures = figures
    }
  }

  /// A figure in words at the top of the page.
  public struct Highlight: Sendable, Equatable {
    public let value: String
    public let meaning: String
    public let provenance: String

    /// `value`, what it is, and where it comes from.
    public init(_ value: String, _ meaning: String, provenance: String) {
      self.value = value
      self.meaning = meaning
      self.provenance = provenance
    }
  }

  /// Something that holds for the whole page.
  public struct Fact: Sendable, Equatable {
    public let name: String
    public let value: String

    /// The fact that `name` is `value`.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  public let title: String
  public let facts: [Fact]
  public let highlights: [Highlight]
  public let sections: [Section]

  /// A page called `title`.
  public init(title: String, facts: [Fact], highlights: [Highlight], sections: [Section]) {
    self.title = title
    self.facts = facts
    self.highlights = highlights
    self.sections = sections
  }
}
