/// A drawing of a fixed width in the making.
///
/// Colours and fonts are the page's: elements have classes, and the page's style says what they look like in
/// light, in the dark and on paper.
struct Picture {
  /// In pixels of the page.
  static let width = 760.0
  /// Of a letter of the labels, on average and a bit more.
  static let letter = 6.4
  var markup = Markup()

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) {
    markup.element(
      "line",
      [
        "x1": coordinate(x1), "y1": coordinate(y1), "x2": coordinate(x2), "y2": coordinate(y2),
        "class": style,
      ])
  }

  enum Anchor: String { case start, middle, end }

  /// A label; what does not fit `room` is cut, and shown in full when pointed at.
  mutating func text(
    _ text: String, _ x: Double, _ y: Double, _ anchor: Anchor = .start, style: String = "label",
    room: Double = .infinity, turn: String? = nil
  ) {
    let letters = room.isFinite ? max(1, Int(room / Self.letter)) : Int.max
    let shown = text.count <= letters ? text : text.prefix(max(1, letters - 1)) + "…"
    var attributes = """
      <text x="\(coordinate(x))" y="\(coordinate(y))" text-anchor="\(anchor.rawValue)" \
      class="\(style)"
      """
    if let turn { attributes += " transform=\"\(turn)\"" }
    let title = shown == text ? "" : "<title>\(Markup.escaped(text))</title>"
    markup.raw("\(attributes)>\(title)\(Markup.escaped(String(shown)))</text>\n")
  }

  /// A filled rectangle that says `hint` when pointed at.
  mutating func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ style: String,
    hint: String? = nil
  ) {
    let place = """
      <rect x="\(coordinate(x))" y="\(coordinate(y))" width="\(coordinate(width))" \
      height="\(coordinate(height))" class="\(style)"
      """
    markup.raw(
      hint.map { "\(place)><title>\(Markup.escaped($0))</title></rect>\n" } ?? "\(place)/>\n")
  }

  /// Series' names with their keys from the left edge and `top` on, in as many rows as they need.
  ///
  /// - Parameter drawKey: draws the key of a series into 12 x 12 pixels from (x, y) on.
  /// - Returns: the height.
  mutating func legend(
    _ names: [String], top: Double = 0,
    drawKey: (inout Picture, Int, Double, Double) -> Void = {
      $0.rectangle($2, $3, 12, 12, style(ofSeries: $1))
    }
  ) -> Double {
    var (left, y) = (0.0, top)
    for (number, name) in names.enumerated() {
      let width = min(Double(name.count) * Self.letter + 34, Self.width)
      if left > 0, left + width > Self.width { (left, y) = (0, y + 18) }
      drawKey(&self, number, left, y)
      text(name, left + 17, y + 10.5, room: Self.width - left - 20)
      left += width
    }
    return names.isEmpty ? 0 : y - top + 18
  }

  /// The picture as an SVG element.
  ///
  /// - Parameters:
  ///   - id: what the ids of its title and description begin with.
  func svg(height: Double, id: String, title: String, description: String) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(coordinate(Self.width)) \
    \(coordinate(height))" role="img" aria-labelledby="\(id)-title \(id)-description">
    <title id="\(id)-title">\(Markup.escaped(title))</title>
    <desc id="\(id)-description">\(Markup.escaped(description))</desc>
    \(markup.text)</svg>

    """
  }
}

/// The class of a series; there are eight colours.
func style(ofSeries number: Int) -> String { "s\(number % 8)" }
