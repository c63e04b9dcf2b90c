/// Points in a plane, both axes linear around the points, as a picture of its own.
public struct ScatterChart: Sendable, Equatable {
  /// A point.
  public struct Point: Sendable, Equatable {
    public let x, y: Double
    /// The series that it belongs to.
    public let series: Int
    /// What is said when it is pointed at.
    public let hint: String

    /// A point of series number `series`.
    public init(x: Double, y: Double, series: Int, hint: String) {
      self.x = x
      self.y = y
      self.series = series
      self.hint = hint
    }
  }

  /// Names of the series; points of later ones are drawn larger, so that colour alone does not tell them.
  public let series: [String]
  public let points: [Point]
  /// What the axes show, and in which unit.
  public let x, y: (quantity: String, unit: String)

  /// A chart of `points`.
  public init(
    series: [String], points: [Point], x: (quantity: String, unit: String),
    y: (quantity: String, unit: String)
  ) {
    precondition(
      points.allSatisfy { series.indices.contains($0.series) }, "a point has a series")
    self.series = series
    self.points = points
    self.x = x
    self.y = y
  }

  public static func == (left: ScatterChart, right: ScatterChart) -> Bool {
    left.series == right.series && left.points == right.points && left.x == right.x
      && left.y == right.y
  }

  static let left = 76.0
  static let plotHeight = 380.0

  /// The picture as a file: an SVG document that needs no other.
  public func document(title: String, caption: String) -> String {
    var picture = Picture()
    picture.markup.raw(
      "<style>\n\(PageStyle.text)svg { background: var(--paper); }\n</style>\n")
    picture.text(title, 8, 20, style: "label strong", room: Picture.width - 16)
    picture.text(caption, 8, 38, room: Picture.width - 16)
    let legendTop = 50.0
    let top =
      legendTop + 14
      + picture.legend(series, top: legendTop) {
        Self.drawMarker($1, $2 + 6, $3 + 6, nil, &$0)
      }
    let (bottom, width) = (top + Self.plotHeight, Picture.width - Self.left - 24)
    let xAxis = RangeAxis(points.map(\.x))
    let yAxis = RangeAxis(points.map(\.y))
    func across(_ value: Double) -> Double { Self.left + width * xAxis.position(value) }
    func up(_ value: Double) -> Double { bottom - Self.plotHeight * yAxis.position(value) }
    for tick in xAxis.ticks {
      picture.line(across(tick), top, across(tick), bottom, "grid")
      picture.text(xAxis.label(tick), across(tick), bottom + 16, .middle)
    }
    for tick in yAxis.ticks {
      picture.line(Self.left, up(tick), Self.left + width, up(tick), "grid")
      picture.text(yAxis.label(tick), Self.left - 6, up(tick) + 4, .end)
    }
    let middle = top + Self.plotHeight / 2
    picture.text(
      xAxis.magnitude.title(x.quantity, x.unit), Self.left + width / 2, bottom + 36, .middle)
    picture.text(
      yAxis.magnitude.title(y.quantity, y.unit), 14, middle, .middle,
      turn: "rotate(-90 14 \(coordinate(middle)))")
    for point in points {
      Self.drawMarker(point.series, across(point.x), up(point.y), point.hint, &picture)
    }
    return picture.svg(
      height: bottom + 48, id: "scatter", title: title,
      description: "\(y.quantity) against \(x.quantity) of \(points.count) points. \(caption)")
  }

  private static func drawMarker(
    _ number: Int, _ x: Double, _ y: Double, _ hint: String?, _ picture: inout Picture
  ) {
    picture.markup.element(
      "circle",
      [
        "cx": coordinate(x), "cy": coordinate(y),
        "r": coordinate(3.5 + Double(min(number, 5)) * 0.7),
        "class": "\(style(ofSeries: number)) point",
      ]
    ) {
      if let hint { $0.element("title", content: hint) }
    }
  }
}

/// Ticks of a linear axis that need not begin at zero.
struct RangeAxis {
  /// From the axis' start to its end.
  let ticks: [Double]
  let magnitude: Magnitude
  private let decimals: Int

  /// An axis that holds `values`, which are finite, with two to seven steps of 1, 2 or 5 times a power of ten.
  init(_ values: [Double]) {
    let (low, high) = (values.min() ?? 0, values.max() ?? 1)
    magnitude = Magnitude(for: high)
    let factor = magnitude.factor
    let range = max((high - low) / factor, abs(high) / factor * 1e-3, 1e-9)
    let step = LinearAxis(to: range).ticks[1]
    let first = (low / factor / step).rounded(.down)
    let last = max(first + 1, (high / factor / step).rounded(.up))
    ticks = (0...Int(last - first)).map { (first + Double($0)) * step * factor }
    var decimals = 0
    var scaled = step
    while decimals < 9, abs(scaled - scaled.rounded()) > 1e-6 {
      scaled *= 10
      decimals += 1
    }
    self.decimals = decimals
  }

  /// Where a value stands, from 0 to 1.
  func position(_ value: Double) -> Double {
    (value - ticks[0]) / (ticks.last! - ticks[0])
  }

  /// A tick's label, in the axis' magnitude.
  func label(_ tick: Double) -> String {
    NumberText.fixed(tick / magnitude.factor, decimals: decimals)
  }
}
