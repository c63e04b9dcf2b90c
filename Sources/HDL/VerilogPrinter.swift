/// Prints a module as one Verilog-2005 text with true parameters and generate blocks.
///
/// Order, names and comments are the designer's. Nothing is invented, and nothing depends on the
/// day, the machine or an iteration over a hash table, so that the same module is the same bytes.
public struct VerilogPrinter {
  private var lines: [String] = []
  private var indent = 0

  /// The Verilog text of `module`, after `header` as comment lines.
  public static func print(_ module: Module, header: [String] = []) -> String {
    var printer = VerilogPrinter()
    for line in header { printer.line("// \(line)".trimmingTrailingSpaces) }
    if !header.isEmpty { printer.line("") }
    printer.module(module)
    return printer.lines.joined(separator: "\n") + "\n"
  }

  private mutating func line(_ text: String) {
    lines.append(text.isEmpty ? "" : String(repeating: "    ", count: indent) + text)
  }

  /// An empty line, unless a block begins here or there is one.
  private mutating func blank() {
    guard let last = lines.last, !last.isEmpty else { return }
    if ["begin", "(", "else"].contains(where: { last.hasSuffix($0) }) { return }
    if last.contains(" begin : ") { return }
    lines.append("")
  }

  private mutating func comment(_ text: String) {
    guard !text.isEmpty else { return }
    for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
      for part in wrapped(String(paragraph), 96 - 4 * indent) {
        line("// \(part)".trimmingTrailingSpaces)
      }
    }
  }

  private func wrapped(_ text: String, _ width: Int) -> [String] {
    var result: [String] = []
    var current = ""
    for word in text.split(separator: " ") {
      if !current.isEmpty, current.count + 1 + word.count > width {
        result.append(current)
        current = String(word)
      } else {
        current += (current.isEmpty ? "" : " ") + word
      }
    }
    return result + [current]
  }

  private mutating func module(_ module: Module) {
    comment(module.doc)
    if module.parameters.isEmpty {
      line("module \(module.name) (")
    } else {
      line("module \(module.name) #(")
      indent += 1
      for (i, parameter) in module.parameters.enumerated() {
        let range =
          "\(VerilogExpression.text(parameter.minimum))...\(VerilogExpression.text(parameter.maximum))"
        comment("\(parameter.doc) (\(range))")
        let comma = i + 1 < module.parameters.count ? "," : ""
        line(
          "parameter \(parameter.name) = \(VerilogExpression.text(parameter.defaultValue))\(comma)")
      }
      indent -= 1
      line(") (")
    }
    indent += 1
    for (i, port) in module.ports.enumerated() {
      comment(port.doc)
      let direction =
        port.kind == .input ? "input wire" : port.isClocked ? "output reg" : "output wire"
      let comma = i + 1 < module.ports.count ? "," : ""
      line("\(direction) \(range(port.shape.withoutConstants))\(port.name)\(comma)")
    }
    indent -= 1
    line(");")
    indent += 1
    for constant in module.constants {
      comment(constant.doc)
      if let (width, value) = constant.bitPattern {
        let digits = String(value, radix: 16)
        let padding = String(repeating: "0", count: Swift.max(0, (width + 3) / 4 - digits.count))
        line("localparam [\(width - 1):0] \(constant.name) = \(width)'h\(padding)\(digits);")
      } else {
        line("localparam \(constant.name) = \(VerilogExpression.text(constant.definition));")
      }
    }
    for index in module.loopIndices { line("genvar \(index);") }
    blank()
    body(module.items)
    indent -= 1
    line("endmodule")
  }

  private func range(_ shape: Shape) -> String {
    let sign = shape.isSigned ? "signed " : ""
    if shape.width.difference(from: 1) == 0 { return sign }
    return sign + "[\(VerilogExpression.text(shape.width - 1)):0] "
  }

  /// Items of a module or a block; inside a generate region (`nested`), loops and conditions need
  /// no region of their own. What takes several lines has empty lines around it.
  private mutating func body(_ items: [Item], nested: Bool = false) {
    var isCommented = false
    for item in items {
      if case .require = item { continue }
      if item.isBlock, !isCommented { blank() }
      isCommented = false
      switch item {
      case .declare(let declaration, let value): declare(declaration, value)
      case .assign(let target, let value, _):
        line("assign \(VerilogExpression.text(target)) = \(VerilogExpression.text(value));")
      case .clocked(let process): clocked(process)
      case .reduce(let reduction): reduce(reduction)
      case .forEach(let loop): region(nested) { $0.generateLoop(loop) }
      case .given(let given): region(nested) { $0.generateIf(given) }
      case .instance(let instance): self.instance(instance)
      case .unused(let name, let signals, _):
        let list = signals.map { VerilogExpression.text($0) }.joined(separator: ", ")
        line("wire \(name) = &{1'b0, \(list)};")
      case .comment(let text):
        blank()
        comment(text)
        isCommented = true
      case .require: break
      }
      if item.isBlock { blank() }
    }
    if lines.last == "" { lines.removeLast() }
  }

  private mutating func region(_ nested: Bool, _ content: (inout VerilogPrinter) -> Void) {
    if !nested { line("generate") }
    content(&self)
    if !nested { line("endgenerate") }
  }

  private mutating func declare(_ declaration: Declaration, _ value: Signal?) {
    comment(declaration.doc)
    let keyword = declaration.isClocked ? "reg" : "wire"
    var text = "\(keyword) \(range(declaration.shape))\(declaration.name)"
    if let depth = declaration.depth { text += " [0:\(VerilogExpression.text(depth - 1))]" }
    if let value { text += " = \(VerilogExpression.text(value))" }
    line(text + ";")
  }

  private mutating func reduce(_ reduction: Reduction) {
    comment(reduction.target.doc)
    let name = reduction.target.name
    let i = reduction.index
    let total = Signal(.reference(reduction.target, at: nil), reduction.target.shape)
    let next = Signal(.binary(reduction.operation, total, reduction.term), total.shape)
    line("reg \(range(total.shape))\(name);")
    line("always @* begin : \(name)_terms")
    indent += 1
    line("integer \(i);")
    line("\(name) = \(VerilogExpression.text(zero(total.shape)));")
    line("for (\(i) = 0; \(i) < \(VerilogExpression.text(reduction.count)); \(i) = \(i) + 1)")
    indent += 1
    line("\(name) = \(VerilogExpression.text(next));")
    indent -= 2
    line("end")
  }

  // MARK: Clocked processes

  private mutating func clocked(_ process: ClockedProcess) {
    let clock = VerilogExpression.text(process.clock)
    line("always @(posedge \(clock)) begin")
    indent += 1
    let resets = ClockedProcess.targets(process.statements).filter { $0.reset != nil }
    var opened = false
    if let reset = process.reset {
      line("if (\(VerilogExpression.text(reset))) begin")
      indent += 1
      for register in resets {
        let value = Signal(.constant(register.reset!), register.shape)
        line("\(register.name) <= \(VerilogExpression.text(value));")
      }
      indent -= 1
      if let enable = process.enable {
        line("end else if (\(VerilogExpression.text(enable))) begin")
      } else {
        line("end else begin")
      }
      opened = true
    } else if let enable = process.enable {
      line("if (\(VerilogExpression.text(enable))) begin")
      opened = true
    }
    if opened { indent += 1 }
    statements(process.statements)
    if opened {
      indent -= 1
      line("end")
    }
    indent -= 1
    line("end")
  }

  private mutating func statements(_ list: [Statement]) {
    for statement in list {
      switch statement {
      case .assign(let target, let value, _):
        line("\(VerilogExpression.text(target)) <= \(VerilogExpression.text(value));")
      case .when(let condition, let then, let otherwise, _):
        line("if (\(VerilogExpression.text(condition))) begin")
        branch(then, otherwise)
      }
    }
  }

  private mutating func branch(_ then: [Statement], _ otherwise: [Statement]) {
    indent += 1
    statements(then)
    indent -= 1
    if otherwise.isEmpty {
      line("end")
    } else if otherwise.count == 1,
      case .when(let condition, let then, let rest, _) = otherwise[0]
    {
      line("end else if (\(VerilogExpression.text(condition))) begin")
      branch(then, rest)
    } else {
      line("end else begin")
      branch(otherwise, [])
    }
  }

  // MARK: Generate

  private mutating func generateLoop(_ loop: GenerateLoop) {
    let i = loop.index
    line(
      "for (\(i) = 0; \(i) < \(VerilogExpression.text(loop.count)); \(i) = \(i) + 1) begin : "
        + loop.label)
    indent += 1
    body(loop.body, nested: true)
    indent -= 1
    line("end")
  }

  private mutating func generateIf(_ given: GenerateIf) {
    line("if (\(VerilogExpression.text(given.condition))) begin : \(given.then.label)")
    indent += 1
    body(given.then.body, nested: true)
    indent -= 1
    if let otherwise = given.otherwise {
      line("end else begin : \(otherwise.label)")
      indent += 1
      body(otherwise.body, nested: true)
      indent -= 1
    }
    line("end")
  }

  private mutating func instance(_ instance: Instance) {
    if instance.parameters.isEmpty {
      line("\(instance.module.name) \(instance.name) (")
    } else {
      line("\(instance.module.name) #(")
      indent += 1
      for (i, parameter) in instance.parameters.enumerated() {
        let comma = i + 1 < instance.parameters.count ? "," : ""
        line(".\(parameter.name)(\(VerilogExpression.text(parameter.value)))\(comma)")
      }
      indent -= 1
      line(") \(instance.name) (")
    }
    indent += 1
    let order = instance.module.portNames
    let ports = instance.ports.sorted {
      (order.firstIndex(of: $0.name) ?? 0) < (order.firstIndex(of: $1.name) ?? 0)
    }
    for (i, port) in ports.enumerated() {
      let comma = i + 1 < ports.count ? "," : ""
      line(".\(port.name)(\(VerilogExpression.text(port.signal)))\(comma)")
    }
    indent -= 1
    line(");")
  }
}

extension Item {
  /// Whether it prints as several lines.
  fileprivate var isBlock: Bool {
    switch self {
    case .clocked, .reduce, .forEach, .given, .instance: return true
    case .declare, .assign, .unused, .comment, .require: return false
    }
  }
}

extension String {
  fileprivate var trimmingTrailingSpaces: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
