/// Shares of a whole over time, as stacked steps.
public struct StepChart: Sendable, Equatable {
  /// Where something begins.
  public struct Mark: Sendable, Equatable {
    public let time: Double
    public let name: String

    /// `name` begins at `time`.
    public init(_ time: Double, _ name: String) {
      self.time = time
      self.name = name
    }
  }

  /// What the areas are, from below.
  public let series: [String]
  /// [interval][series], each interval's sum at most 1.
  public let shares: [[Double]]
  /// Length of an interval; the last one may be shorter.
  public let interval: Double
  /// The end of the time axis, which begins at 0.
  public let end: Double
  public let marks: [Mark]
  /// What the time axis shows, such as cycles.
  public let quantity: String

  /// Areas of `series` over intervals of `interval`.
  public init(
    series: [String], shares: [[Double]], interval: Double, end: Double, marks: [Mark],
    quantity: String
  ) {
    precondition(
      shares.allSatisfy { $0.count == series.count }, "an interval has a share for each series")
    self.series = series
    self.shares = shares
    self.interval = interval
    self.end = end
    self.marks = marks
    self.quantity = quantity
  }

  static let left = 50.0
  static let plotHeight = 200.0

  func draw(id: String, title: String) -> String {
    var picture = Picture()
    let plot = Picture.width - Self.left - 20
    let top = picture.legend(series) + 24
    let bottom = top + Self.plotHeight
    let magnitude = Magnitude(for: end)
    let axis = LinearAxis(to: end / magnitude.factor)
    let scale = end > 0 ? plot / end : 0
    for percent in stride(from: 0, through: 100, by: 20) {
      let y = bottom - Self.plotHeight * Double(percent) / 100
      picture.line(Self.left, y, Self.left + plot, y, "grid")
      picture.text("\(percent) %", Self.left - 6, y + 4, .end)
    }
    for number in series.indices.reversed() { drawArea(number, bottom, scale, &picture) }
    for tick in axis.ticks where tick * magnitude.factor <= end {
      let x = Self.left + tick * magnitude.factor * scale
      picture.line(x, bottom, x, bottom + 4, "axis")
      picture.text(axis.label(tick), x, bottom + 18, .middle)
    }
    picture.text(
      magnitude.title(quantity, ""), Self.left + plot / 2, bottom + 36, .middle)
    draw(marks, top, bottom, scale, &picture)
    picture.line(Self.left, bottom, Self.left + plot, bottom, "axis")
    return picture.svg(
      height: bottom + 43, id: id, title: title,
      description: "Shares over \(quantity) in \(shares.count) intervals: "
        + series.joined(separator: ", "))
  }

  /// The area of series `number` and all below it, which are drawn over it.
  private func drawArea(
    _ number: Int, _ bottom: Double, _ scale: Double, _ picture: inout Picture
  ) {
    guard !shares.isEmpty else { return }
    var path = "M\(coordinate(Self.left)) \(coordinate(bottom))"
    for (place, share) in shares.enumerated() {
      let sum = min(1, share[...number].reduce(0) { $0 + drawable($1) })
      let x = Self.left + min(end, interval * Double(place + 1)) * scale
      path += "V\(coordinate(bottom - Self.plotHeight * sum))H\(coordinate(x))"
    }
    picture.markup.element(
      "path", ["d": path + "V\(coordinate(bottom))Z", "class": style(ofSeries: number)])
  }

  /// Lines at the marks, with names where there is room.
  private func draw(
    _ marks: [Mark], _ top: Double, _ bottom: Double, _ scale: Double, _ picture: inout Picture
  ) {
    var free = 0.0
    for mark in marks {
      let x = Self.left + mark.time * scale
      picture.line(x, top - 4, x, bottom, "mark")
      guard x >= free else { continue }
      let width = Double(mark.name.count) * Picture.letter
      guard x + width <= Picture.width else { continue }
      picture.text(mark.name, x + 2, top - 8)
      free = x + width + 6
    }
  }
}
