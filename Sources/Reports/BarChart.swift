/// Horizontal stacked bars in groups, such as a group for each layer and in it a bar for each design.
public struct BarChart: Sendable, Equatable {
  /// A bar: a value for each series.
  public struct Bar: Sendable, Equatable {
    public let name: String
    public let values: [Double]

    /// The bar `name`; what is negative or not finite is drawn as zero.
    public init(_ name: String, _ values: [Double]) {
      self.name = name
      self.values = values
    }

    /// What is drawn in all.
    var sum: Double { values.reduce(0) { $0 + drawable($1) } }
  }

  /// Bars under a name.
  public struct Group: Sendable, Equatable {
    public let name: String
    public let bars: [Bar]

    /// The group `name` of `bars`.
    public init(_ name: String, _ bars: [Bar]) {
      self.name = name
      self.bars = bars
    }
  }

  /// What the parts of a bar are, from the left.
  public let series: [String]
  public let groups: [Group]
  /// What the axis shows, such as energy.
  public let quantity: String
  /// Its unit; may be empty.
  public let unit: String

  /// Bars of `groups`, each with a value for each of `series`.
  public init(series: [String], groups: [Group], quantity: String, unit: String) {
    precondition(
      groups.allSatisfy { $0.bars.allSatisfy { $0.values.count == series.count } },
      "a bar has a value for each series")
    self.series = series
    self.groups = groups
    self.quantity = quantity
    self.unit = unit
  }

  static let barHeight = 15.0
  static let barStep = 18.0
  static let groupSpace = 10.0

  func draw(id: String, title: String) -> String {
    var picture = Picture()
    let bars = groups.flatMap(\.bars)
    let largest = bars.map(\.sum).max() ?? 0
    let magnitude = Magnitude(for: largest)
    let axis = LinearAxis(to: largest / magnitude.factor)
    let groupRoom = Self.room(groups.map(\.name), most: 150)
    let barRoom = Self.room(bars.map(\.name), most: 230)
    let left = groupRoom + barRoom + 6
    let plot = Picture.width - left - 70
    let top = picture.legend(series) + 6
    let height =
      Double(bars.count) * Self.barStep + Double(groups.count) * Self.groupSpace
    for tick in axis.ticks {
      let x = left + plot * tick / axis.end
      picture.line(x, top, x, top + height, "grid")
      picture.text(axis.label(tick), x, top + height + 15, .middle)
    }
    picture.text(
      magnitude.title(quantity, unit), left + plot / 2, top + height + 33, .middle)
    var y = top + Self.groupSpace / 2
    for group in groups {
      picture.text(group.name, 0, y + 11.5, style: "label strong", room: groupRoom)
      for bar in group.bars {
        picture.text(bar.name, left - 6, y + 11.5, .end, room: barRoom)
        draw(bar, of: group, y, plot / axis.end, left, magnitude, &picture)
        y += Self.barStep
      }
      y += Self.groupSpace
    }
    picture.line(left, top, left, top + height, "axis")
    return picture.svg(
      height: top + height + 40, id: id, title: title,
      description: "Stacked bars of \(magnitude.title(quantity, unit)): \(bars.count) bars of "
        + series.joined(separator: ", "))
  }

  private func draw(
    _ bar: Bar, of group: Group, _ y: Double, _ scale: Double, _ left: Double,
    _ magnitude: Magnitude, _ picture: inout Picture
  ) {
    var x = left
    for (number, value) in bar.values.enumerated() where drawable(value) > 0 {
      let place = [group.name, bar.name].filter { !$0.isEmpty }.joined(separator: ", ")
      let width = value / magnitude.factor * scale
      picture.rectangle(
        x, y, width, Self.barHeight, style(ofSeries: number),
        hint: "\(place): \(series[number]) \(NumberText.short(value)) \(unit)")
      x += width
    }
    picture.text(NumberText.short(bar.sum / magnitude.factor), x + 5, y + 11.5)
  }

  /// Width of a column of names.
  private static func room(_ names: [String], most: Double) -> Double {
    let letters = names.map(\.count).max() ?? 0
    return letters == 0 ? 0 : min(most, Double(letters) * Picture.letter + 8)
  }
}
