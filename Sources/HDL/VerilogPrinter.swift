/// Prints a module as one Verilog-2005 text with true parameters and generate blocks.
///
/// Order, names and comments are the designer's. Nothing is invented, and nothing depends on the
/// day, the machine or an iteration over a hash table, so that the same module is the same bytes.
public struct VerilogPrinter {
  private var lines: [String] = []
  var indent = 0
  private let procedural: Set<ObjectIdentifier>
  private let showsSources: Bool

  private init(_ module: Module, showsSources: Bool) {
    procedural = module.procedural
    self.showsSources = showsSources
  }

  /// The Verilog text of `module`, after `header` as comment lines.
  ///
  /// - Parameter showsSources: whether a comment on each statement names its Swift file and line.
  public static func print(
    _ module: Module, header: [String] = [], showsSources: Bool = false
  ) -> String {
    var printer = VerilogPrinter(module, showsSources: showsSources)
    for line in header.flatMap({ $0.split(separator: "\n", omittingEmptySubsequences: false) }) {
      printer.line("// \(line)".trimmingTrailingSpaces)
    }
    if !header.isEmpty { printer.line("") }
    printer.module(module)
    return printer.lines.joined(separator: "\n") + "\n"
  }

  mutating func line(_ text: String, _ source: Location? = nil) {
    let indentation = text.isEmpty ? "" : String(repeating: "    ", count: indent)
    let comment = showsSources ? source.map { " /* \($0) */" } ?? "" : ""
    lines.append(indentation + text + comment)
  }

  /// A line that is not indented, as compiler directives are.
  mutating func directive(_ text: String) { lines.append(text) }

  /// An empty line, unless a block begins here or there is one.
  private mutating func blank() {
    guard let last = lines.last, !last.isEmpty else { return }
    if ["begin", "(", "else"].contains(where: { last.hasSuffix($0) }) { return }
    if last.contains(" begin : ") { return }
    lines.append("")
  }

  private mutating func comment(_ text: String) {
    guard !text.isEmpty else { return }
    for paragraph in paragraphs(text) {
      for part in wrapped(paragraph, 96 - 4 * indent) {
        line("// \(part)".trimmingTrailingSpaces)
      }
    }
  }

  /// Lines that follow each other are one paragraph, as in Markdown; an empty line stays, and what is
  /// indented or a point of a list begins anew.
  private func paragraphs(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).reduce(into: []) { all, line in
      let begins = line.isEmpty || " *-|".contains(line.first!)
      if begins || all.last?.isEmpty != false {
        all.append(String(line))
      } else {
        all[all.count - 1] += " " + line
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
        port.kind == .input ? "input wire" : isVariable(port) ? "output reg" : "output wire"
      let comma = i + 1 < module.ports.count ? "," : ""
      line(
        "\(direction) \(range(port.shape.withoutConstants))\(port.name)\(comma)", port.location)
    }
    indent -= 1
    line(");")
    indent += 1
    let body = printed { $0.body(module.items) }
    for constant in constants(module.constants, readBy: body) {
      comment(constant.doc)
      line(constant.text)
    }
    for index in module.loopIndices { line("genvar \(index);") }
    if !body.isEmpty { blank() }
    lines += body
    indent -= 1
    line("endmodule")
  }

  /// Lines that go elsewhere.
  private func printed(_ content: (inout VerilogPrinter) -> Void) -> [String] {
    var printer = self
    printer.lines = []
    content(&printer)
    return printer.lines
  }

  /// The constants that the lines need. A constant of port widths alone stands in no line: ports say
  /// their widths in terms of the parameters, since Verilog declares constants after them.
  private func constants(
    _ constants: [NamedConstant], readBy lines: [String]
  ) -> [NamedConstant] {
    var words = VerilogPrinter.words(lines)
    var result: [NamedConstant] = []
    for constant in constants.reversed() where words[constant.name] != nil {
      result.append(constant)
      words.merge(VerilogPrinter.words([constant.text]), uniquingKeysWith: +)
    }
    return result.reversed()
  }

  /// Whether Verilog assigns the name in a process, so that it declares it as `reg`.
  private func isVariable(_ declaration: Declaration) -> Bool {
    declaration.isClocked || procedural.contains(ObjectIdentifier(declaration))
  }

  func range(_ shape: Shape) -> String {
    let sign = shape.isSigned ? "signed " : ""
    if shape.width.difference(from: 1) == 0 { return sign }
    return sign + "[\(VerilogExpression.text(shape.width - 1)):0] "
  }

  /// Items of a module or a block; inside a generate region (`nested`), loops and conditions need
  /// no region of their own. What takes several lines has empty lines around it.
  private mutating func body(_ items: [Item], nested: Bool = false) {
    var isCommented = false
    for item in items {
      switch item {
      case .require, .event: continue
      default: break
      }
      if item.isBlock, !isCommented { blank() }
      isCommented = false
      switch item {
      case .declare(let declaration, let value): declare(declaration, value)
      case .assign(let target, let value, let location):
        line(
          "assign \(VerilogExpression.text(target)) = \(VerilogExpression.text(value));", location)
      case .combinational(let process): combinational(process)
      case .clocked(let process): clocked(process)
      case .reduce(let reduction): reduce(reduction)
      case .forEach(let loop): region(nested) { $0.generateLoop(loop) }
      case .given(let given): region(nested) { $0.generateIf(given) }
      case .instance(let instance): self.instance(instance)
      case .unused(let name, let signals, let location):
        let list = signals.map { VerilogExpression.text($0) }.joined(separator: ", ")
        line("wire \(name) = &{1'b0, \(list)};", location)
      case .property(let property): self.property(property)
      case .start(let condition, let location): start(condition, location)
      case .constant(let constant):
        comment(constant.doc)
        line(constant.localText, constant.location)
      case .comment(let text):
        blank()
        comment(text)
        isCommented = true
      case .require, .event: break
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
    let keyword = isVariable(declaration) ? "reg" : "wire"
    var text = "\(keyword) \(range(declaration.shape))\(declaration.name)"
    if let depth = declaration.depth { text += " [0:\(VerilogExpression.text(depth - 1))]" }
    if let value { text += " = \(VerilogExpression.text(value))" }
    line(text + ";", declaration.location)
    if let contents = declaration.contents { initial(declaration, contents) }
  }

  private mutating func reduce(_ reduction: Reduction) {
    comment(reduction.target.doc)
    let name = reduction.target.name
    let i = reduction.index
    let total = Signal(.reference(reduction.target, at: nil), reduction.target.shape)
    let next = Signal(.binary(reduction.operation, total, reduction.term), total.shape)
    line("reg \(range(total.shape))\(name);", reduction.location)
    line("always @* begin : \(name)_terms", reduction.location)
    indent += 1
    line("integer \(i);")
    line("\(name) = \(VerilogExpression.text(zero(total.shape)));")
    line("for (\(i) = 0; \(i) < \(VerilogExpression.text(reduction.count)); \(i) = \(i) + 1)")
    indent += 1
    line("\(name) = \(VerilogExpression.text(next));")
    indent -= 2
    line("end")
  }

  // MARK: Generate

  private mutating func generateLoop(_ loop: GenerateLoop) {
    let i = loop.index
    line(
      "for (\(i) = 0; \(i) < \(VerilogExpression.text(loop.count)); \(i) = \(i) + 1) begin : "
        + loop.label, loop.location)
    indent += 1
    body(loop.body, nested: true)
    indent -= 1
    line("end")
  }

  private mutating func generateIf(_ given: GenerateIf) {
    line(
      "if (\(VerilogExpression.text(given.condition))) begin : \(given.then.label)",
      given.location)
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
      line("\(instance.module.name) \(instance.name) (", instance.location)
    } else {
      line("\(instance.module.name) #(", instance.location)
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
      // The widths agree, so that the sign does not matter, and Yosys fails on a cast here.
      let text = VerilogExpression.text(port.signal.withoutCasts)
      line(".\(port.name)(\(text.hasPrefix("$") ? "{\(text)}" : text))\(comma)")
    }
    indent -= 1
    line(");")
  }
}

extension Item {
  /// Whether it prints as several lines.
  fileprivate var isBlock: Bool {
    switch self {
    case .combinational, .clocked, .reduce, .forEach, .given, .instance, .property, .start:
      return true
    case .declare(let declaration, _): return declaration.contents != nil
    case .assign, .unused, .comment, .constant, .require, .event: return false
    }
  }
}

extension Signal {
  /// What is cast, and cast again.
  fileprivate var withoutCasts: Signal {
    if case .cast(let inner) = expression { inner.withoutCasts } else { self }
  }
}

extension String {
  fileprivate var trimmingTrailingSpaces: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
