/// The accelerator's block diagram: modules and the data's way through them.
enum AcceleratorDiagram {
  /// The picture.
  static let svg: String = {
    let title = "mime_accelerator: modules and the data's way through them"
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 560" \
      font-family="Helvetica, Arial, sans-serif"><title>\(title)</title>
      <defs><marker id="a" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" \
      orient="auto"><path d="M0 0 L10 5 L0 10 z" fill="#33415c"/></marker></defs>
      <rect width="1000" height="560" fill="#ffffff"/>
      <rect x="110" y="15" width="780" height="535" rx="8" fill="#ffffff" stroke="#778da9" \
      stroke-dasharray="6 4"/>
      \((boxes.map(\.svg) + arrows.map(arrow) + labels.map(label)).joined(separator: "\n"))
      </svg>

      """
  }()

  private struct Box {
    let x, y, width, height: Int
    let name: String
    let lines: [String]
    var color = "#e0ecff"

    init(
      _ x: Int, _ y: Int, _ width: Int, _ height: Int, _ name: String, _ lines: [String] = [],
      _ color: String = "#e0ecff"
    ) {
      self.x = x
      self.y = y
      self.width = width
      self.height = height
      self.name = name
      self.lines = lines
      self.color = color
    }

    var svg: String {
      let middle = x + width / 2
      let first = y + height / 2 + 4 - 7 * lines.count
      var parts = [
        "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"\(height)\" rx=\"4\" "
          + "fill=\"\(color)\" stroke=\"#33415c\"/>",
        text(middle, first, name, size: 12, "middle", isBold: true),
      ]
      for (number, line) in lines.enumerated() {
        parts.append(text(middle, first + 14 * (number + 1), line, size: 11, "middle"))
      }
      return parts.joined(separator: "\n")
    }
  }

  private static let boxes = [
    Box(130, 50, 140, 70, "registers", ["AXI4-Lite", "start, status, counters"]),
    Box(320, 50, 150, 70, "mime_sequencer", ["descriptors, checks,", "operations in order"]),
    Box(320, 150, 150, 140, "mime_core", ["ROWS x COLS elements,", "COLS lanes"], "#fff3d6"),
    Box(130, 170, 140, 76, "mime_feeder", ["im2col by addresses,", "mime_tile_rows,", "skipping"]),
    Box(320, 325, 150, 45, "mime_write_back", ["2x2 max-pool"]),
    Box(320, 400, 150, 42, "mime_act_buffer 0", ["FEED_BANKS banks"], "#f1e6fa"),
    Box(320, 452, 150, 42, "mime_act_buffer 1", ["FEED_BANKS banks"], "#f1e6fa"),
    Box(130, 452, 140, 42, "counters", ["of 48 bits"]),
    Box(550, 65, 150, 40, "program ring"),
    Box(550, 150, 150, 40, "weight ring", ["WEIGHT_BUFFER_KB"], "#f1e6fa"),
    Box(550, 200, 150, 40, "threshold ring", ["THRESHOLD_BUFFER_KB"], "#f1e6fa"),
    Box(550, 250, 150, 40, "channel ring", ["bias, multiplier, shift"]),
    Box(550, 400, 150, 42, "load ring", ["images"]),
    Box(550, 452, 150, 42, "mime_packer", ["classes, words to beats"]),
    Box(750, 50, 120, 392, "read arbiter", ["READ_BURSTS bursts", "for each reader"]),
    Box(750, 452, 120, 42, "writer"),
  ]

  private static let arrows = [
    "M30 85 L128 85", "M130 62 L32 62", "M270 85 L318 85", "M550 85 L472 85", "M550 170 L472 170",
    "M550 220 L472 220", "M550 270 L472 270", "M270 208 L318 208", "M395 290 L395 323",
    "M395 370 L395 398", "M320 421 L200 421 L200 248", "M550 421 L472 421", "M470 473 L548 473",
    "M470 282 L510 282 L510 462 L548 462", "M200 494 L200 525 L625 525 L625 496",
    "M750 85 L702 85", "M750 170 L702 170", "M750 220 L702 220", "M750 270 L702 270",
    "M750 421 L702 421", "M700 473 L748 473", "M970 240 L872 240", "M870 473 L968 473",
  ]

  private static func arrow(_ path: String) -> String {
    "<path d=\"\(path)\" stroke=\"#33415c\" stroke-width=\"1.6\" fill=\"none\" "
      + "marker-end=\"url(#a)\"/>"
  }

  private static let labels: [(x: Int, y: Int, text: String)] = [
    (122, 33, "mime_accelerator"), (8, 100, "s_axil"), (8, 56, "irq"), (902, 232, "m_axi AR, R"),
    (902, 465, "m_axi AW, W, B"), (400, 306, "results"), (515, 340, "a head's sums"),
    (206, 414, "words"), (206, 519, "counts, at an operation's end"),
    (476, 164, "weights"), (476, 214, "thresholds"), (274, 202, "steps"),
  ]

  private static func label(_ label: (x: Int, y: Int, text: String)) -> String {
    text(label.x, label.y, label.text, size: 11, "start", isBold: label.y < 40)
  }

  private static func text(
    _ x: Int, _ y: Int, _ text: String, size: Int, _ anchor: String, isBold: Bool = false
  ) -> String {
    "<text x=\"\(x)\" y=\"\(y)\" font-size=\"\(size)\" text-anchor=\"\(anchor)\" "
      + "font-weight=\"\(isBold ? "bold" : "normal")\" fill=\"#1b263b\">\(text)</text>"
  }
}
