import HDL

/// Prints an elaborated module as one flat Verilog module in which every number is literal.
///
/// Nets have the names that Yosys gives them when it flattens the parameterized Verilog, such as
/// `\row[0].col[1].total `. It shares nothing with `VerilogPrinter`, with which it is compared.
struct ElaboratedVerilog {
  private var declarations: [String] = []
  private var statements: [String] = []
  private var temporaries = 0

  /// The Verilog text of `module` with its instances dissolved.
  static func print(_ module: ElaboratedModule, named name: String) -> String {
    var printer = ElaboratedVerilog()
    let ports = module.nets.prefix(module.portCount).map { net in
      let isInput = net.declaration.kind == .input
      return
        "  \(isInput ? "input" : "output") [\(net.width - 1):0] \(escaped(net.declaration.name))"
    }
    printer.add(module, path: "", isTop: true)
    return "module \(name) (\n\(ports.joined(separator: ",\n"))\n);\n"
      + printer.declarations.map { "  \($0)\n" }.joined()
      + printer.statements.map { "  \($0)\n" }.joined() + "endmodule\n"
  }

  static func escaped(_ name: String) -> String { "\\\(name) " }

  mutating func declare(_ line: String) { declarations.append(line) }

  /// A wire of its own with a value.
  mutating func temporary(_ width: Int, _ value: String) -> String {
    let name = Self.escaped("%\(temporaries)")
    temporaries += 1
    declarations.append("wire [\(width - 1):0] \(name);")
    statements.append("assign \(name) = \(value);")
    return name
  }

  private mutating func add(_ module: ElaboratedModule, path: String, isTop: Bool) {
    let names = module.nets.indices.map { Self.escaped(path + module.path(of: $0)) }
    let registers = Set(module.processes.flatMap { $0.updates.map(\.net) })
    for (number, net) in module.nets.enumerated() {
      let keyword = registers.contains(number) || net.depth > 0 ? "reg" : "wire"
      let words = net.depth > 0 ? " [0:\(net.depth - 1)]" : ""
      if !isTop || number >= module.portCount || keyword == "reg" {
        declarations.append("\(keyword) [\(net.width - 1):0] \(names[number])\(words);")
      }
      if let contents = net.declaration.contents { initialize(names[number], net, contents) }
    }
    var nodes = NodePrinter(module: module, names: names)
    for assignment in module.assignments {
      let target = assignment.target
      let value = nodes.text(assignment.value, &self)
      statements.append(
        "assign \(names[target.net])\(Self.range(target.low, target.width)) = \(value);")
    }
    for process in module.processes { add(process, names, &nodes) }
    for instance in module.instances {
      let inner = path + instance.path + "."
      func port(_ net: Int) -> String { Self.escaped(inner + instance.module.path(of: net)) }
      for (net, value) in instance.inputs {
        statements.append("assign \(port(net)) = \(nodes.text(value, &self));")
      }
      for (target, net) in instance.outputs {
        statements.append(
          "assign \(names[target.net])\(Self.range(target.low, target.width)) = \(port(net));")
      }
      add(instance.module, path: inner, isTop: false)
    }
  }

  static func range(_ low: Int, _ width: Int) -> String { "[\(low + width - 1):\(low)]" }

  private mutating func initialize(
    _ name: String, _ memory: ElaboratedModule.Net, _ contents: MemoryContents
  ) {
    let words: [UInt64] = if case .words(let words) = contents { words } else { [] }
    statements.append("initial begin")
    for address in 0..<memory.depth {
      let word = address < words.count ? words[address] : 0
      statements.append("  \(name)[\(address)] = \(NodePrinter.literal(word, memory.width));")
    }
    statements.append("end")
  }

  private mutating func add(
    _ process: ElaboratedModule.Process, _ names: [String], _ nodes: inout NodePrinter
  ) {
    let clock = nodes.text(process.clock, &self)
    var enable: String?
    if let node = process.enable { enable = nodes.text(node, &self) }
    var reset: (edge: String, condition: String)?
    if let node = process.reset { reset = edge(of: process, node, &nodes) }
    var atReset: [String] = []
    var atEdge: [String] = []
    for update in process.updates {
      let name = names[update.net]
      if let value = update.reset { atReset.append("\(name) <= \(nodes.text(value, &self));") }
      let next = nodes.named(update.next, &self)
      for bits in update.ranges {
        let range = Self.range(bits.lowerBound, bits.count)
        atEdge.append("\(name)\(range) <= \(next)\(range);")
      }
    }
    for write in process.writes {
      let condition = nodes.text(write.condition, &self)
      let address = nodes.text(write.address, &self)
      let range = Self.range(write.low, write.value.width)
      let value = nodes.text(write.value, &self)
      atEdge.append("if (\(condition)) \(names[write.memory])[\(address)]\(range) <= \(value);")
    }
    let edges = process.isAsynchronous ? " or \(reset!.edge)" : ""
    statements.append("always @(posedge \(clock)\(edges))")
    if let reset {
      statements.append(
        "  if (\(reset.condition)) begin \(atReset.joined(separator: " ")) end else")
    }
    if let enable { statements.append("  if (\(enable))") }
    statements.append("  begin")
    statements += atEdge.map { "    \($0)" }
    statements.append("  end")
  }

  private mutating func edge(
    of process: ElaboratedModule.Process, _ reset: Node, _ nodes: inout NodePrinter
  ) -> (edge: String, condition: String) {
    if process.isAsynchronous, case .unary(.not, let inner) = reset.kind {
      let signal = nodes.text(inner, &self)
      return ("negedge \(signal)", "!\(signal)")
    }
    let signal = nodes.text(reset, &self)
    return ("posedge \(signal)", signal)
  }
}
