import Foundation

/// Work per byte against work per cycle, under the roofs of a machine, both axes logarithmic.
public struct RooflineChart: Sendable, Equatable {
  /// A layer, say.
  public struct Point: Sendable, Equatable {
    public let name: String
    /// Work per byte.
    public let intensity: Double
    /// Work per cycle.
    public let performance: Double

    /// A point; one that is not above zero on both axes is not drawn.
    public init(_ name: String, intensity: Double, performance: Double) {
      self.name = name
      self.intensity = intensity
      self.performance = performance
    }
  }

  /// Points under a name.
  public struct Series: Sendable, Equatable {
    public let name: String
    public let points: [Point]

    /// The series `name` of `points`.
    public init(_ name: String, _ points: [Point]) {
      self.name = name
      self.points = points
    }
  }

  public let series: [Series]
  /// Work that the machine can do in a cycle; above 0.
  public let computeRoof: Double
  /// Bytes that its bus moves in a cycle; above 0.
  public let memoryRoof: Double
  /// What work is, such as MACs.
  public let work: String

  /// `series` on a machine of these roofs.
  public init(series: [Series], computeRoof: Double, memoryRoof: Double, work: String) {
    precondition(computeRoof > 0 && memoryRoof > 0, "roofs are above 0")
    self.series = series
    self.computeRoof = computeRoof
    self.memoryRoof = memoryRoof
    self.work = work
  }

  static let left = 64.0
  static let plotHeight = 360.0

  func draw(id: String, title: String) -> String {
    var picture = Picture()
    let drawn = series.map { series in
      series.points.filter { drawable($0.intensity) > 0 && drawable($0.performance) > 0 }
    }
    let ridge = computeRoof / memoryRoof
    let all = drawn.flatMap { $0 }
    let x = LogAxis(all.map(\.intensity) + [ridge / 3, ridge * 3])
    let y = LogAxis(all.map(\.performance) + [computeRoof])
    let top =
      picture.legend(series.map(\.name)) { Self.drawMarker($1, $2 + 6, $3 + 6, nil, &$0) } + 10
    let frame = Frame(x: x, y: y, top: top)
    drawAxes(frame, &picture)
    drawRoofs(frame, ridge, &picture)
    var taken = all.map { point in
      Box(x: frame.across(point.intensity) - 6, y: frame.up(point.performance) + 4, width: 12)
    }
    for (number, points) in drawn.enumerated() {
      for point in points { draw(point, number, frame, &picture) }
    }
    for point in all { drawName(of: point, frame, &taken, &picture) }
    return picture.svg(
      height: top + Self.plotHeight + 44, id: id, title: title,
      description: "\(work) per byte against \(work) per cycle of \(all.count) points, with a "
        + "compute roof of \(NumberText.short(computeRoof)) and a memory roof of "
        + "\(NumberText.short(memoryRoof)) bytes per cycle")
  }

  /// From values to places.
  private struct Frame {
    let x: LogAxis
    let y: LogAxis
    let top: Double
    var width: Double { Picture.width - RooflineChart.left - 20 }
    var bottom: Double { top + RooflineChart.plotHeight }
    func across(_ value: Double) -> Double { RooflineChart.left + width * x.position(value) }
    func up(_ value: Double) -> Double { bottom - RooflineChart.plotHeight * y.position(value) }
  }

  private func drawAxes(_ frame: Frame, _ picture: inout Picture) {
    for tick in frame.x.ticks {
      let x = frame.across(tick)
      picture.line(x, frame.top, x, frame.bottom, "grid")
      picture.text(frame.x.label(tick), x, frame.bottom + 16, .middle)
    }
    for tick in frame.y.ticks {
      let y = frame.up(tick)
      picture.line(Self.left, y, Self.left + frame.width, y, "grid")
      picture.text(frame.y.label(tick), Self.left - 6, y + 4, .end)
    }
    picture.text(
      "\(work) per byte of DRAM", Self.left + frame.width / 2, frame.bottom + 36, .middle)
    let middle = frame.top + Self.plotHeight / 2
    picture.text(
      "\(work) per cycle", 14, middle, .middle, turn: "rotate(-90 14 \(coordinate(middle)))")
  }

  private func drawRoofs(_ frame: Frame, _ ridge: Double, _ picture: inout Picture) {
    // Where the memory's roof enters the frame: at its left side or at its bottom.
    let start = max(frame.x.start, frame.y.start / memoryRoof)
    let roof = frame.up(computeRoof)
    picture.line(
      frame.across(start), frame.up(start * memoryRoof), frame.across(ridge), roof, "roof")
    picture.line(frame.across(ridge), roof, Self.left + frame.width, roof, "roof")
    picture.text(
      "\(NumberText.short(computeRoof)) \(work) per cycle", Self.left + frame.width - 4, roof - 6,
      .end)
    let (x, y) = (frame.across(start), frame.up(start * memoryRoof))
    let slope = atan2(roof - y, frame.across(ridge) - x) * 180 / .pi
    picture.text(
      "\(NumberText.short(memoryRoof)) bytes per cycle", x + 10, y - 7,
      turn: "rotate(\(coordinate(slope)) \(coordinate(x)) \(coordinate(y)))")
  }

  /// A place that a label takes.
  private struct Box {
    let x: Double, y: Double, width: Double
    func overlaps(_ other: Box) -> Bool {
      x < other.x + other.width && other.x < x + width && abs(y - other.y) < 12
    }
  }

  private func draw(
    _ point: Point, _ number: Int, _ frame: Frame, _ picture: inout Picture
  ) {
    Self.drawMarker(
      number, frame.across(point.intensity), frame.up(point.performance),
      "\(series[number].name), \(point.name): \(NumberText.short(point.intensity)) \(work) per byte, "
        + "\(NumberText.short(point.performance)) \(work) per cycle", &picture)
  }

  /// A series has its own shape, so that colour alone does not tell it.
  private static func drawMarker(
    _ number: Int, _ x: Double, _ y: Double, _ hint: String?, _ picture: inout Picture
  ) {
    let shapes: [[(Double, Double)]] = [
      [(-5, -5), (5, -5), (5, 5), (-5, 5)], [(0, -7), (7, 0), (0, 7), (-7, 0)],
      [(-6, 5), (0, -7), (6, 5)], [(-6, -5), (6, -5), (0, 7)],
      [(-6, 0), (-3, -6), (3, -6), (6, 0), (3, 6), (-3, 6)],
    ]
    let path = shapes[number % shapes.count].enumerated().map { place, corner in
      (place == 0 ? "M" : "L") + "\(coordinate(x + corner.0)) \(coordinate(y + corner.1))"
    }.joined()
    picture.markup.element("path", ["d": path + "Z", "class": "\(style(ofSeries: number)) point"]) {
      if let hint { $0.element("title", content: hint) }
    }
  }

  /// The name goes where it covers nothing; where there is no such place it is left out.
  private func drawName(
    of point: Point, _ frame: Frame, _ taken: inout [Box], _ picture: inout Picture
  ) {
    let (x, y) = (frame.across(point.intensity), frame.up(point.performance))
    let width = Double(point.name.count) * Picture.letter
    let places = [
      Box(x: x + 9, y: y + 4, width: width), Box(x: x - 9 - width, y: y + 4, width: width),
      Box(x: x - width / 2, y: y - 10, width: width),
      Box(x: x - width / 2, y: y + 19, width: width),
      Box(x: x + 6, y: y + 17, width: width), Box(x: x - 6 - width, y: y - 9, width: width),
    ]
    guard
      let place = places.first(where: { box in
        box.x >= Self.left && box.x + box.width <= Picture.width && box.y <= frame.bottom + 4
          && !taken.contains(where: box.overlaps)
      })
    else { return }
    taken.append(place)
    picture.text(point.name, place.x, place.y)
  }
}
