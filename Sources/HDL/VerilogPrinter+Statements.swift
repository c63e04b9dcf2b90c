/// Processes: what stands inside `always` and `initial`.
extension VerilogPrinter {
  mutating func combinational(_ process: CombinationalProcess) {
    line("always @* begin", process.location)
    indent += 1
    statements(process.statements, "=")
    indent -= 1
    line("end")
  }

  mutating func clocked(_ process: ClockedProcess) {
    let clock = VerilogExpression.text(process.clock)
    line("always @(posedge \(clock)\(process.reset?.edge ?? "")) begin", process.location)
    indent += 1
    var opened = false
    if let reset = process.reset {
      line("if (\(reset.condition)) begin")
      indent += 1
      for register in process.statements.targets {
        guard let value = register.reset else { continue }
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
    statements(process.statements, "<=")
    if opened {
      indent -= 1
      line("end")
    }
    indent -= 1
    line("end")
  }

  private mutating func statements(_ list: [Statement], _ assignment: String) {
    for statement in list {
      switch statement.node {
      case .assign(let target, let value):
        line(
          "\(VerilogExpression.text(target)) \(assignment) \(VerilogExpression.text(value));",
          statement.location)
      case .when(let condition, let then, let otherwise):
        line("if (\(VerilogExpression.text(condition))) begin", statement.location)
        branch(then, otherwise, assignment)
      case .match(let match): self.match(match, statement.location, assignment)
      case .loop(let loop): self.loop(loop, statement.location, assignment)
      }
    }
  }

  private mutating func branch(
    _ then: [Statement], _ otherwise: [Statement], _ assignment: String
  ) {
    indent += 1
    statements(then, assignment)
    indent -= 1
    if otherwise.isEmpty {
      line("end")
    } else if otherwise.count == 1,
      case .when(let condition, let then, let rest) = otherwise[0].node
    {
      line("end else if (\(VerilogExpression.text(condition))) begin", otherwise[0].location)
      branch(then, rest, assignment)
    } else {
      line("end else begin")
      branch(otherwise, [], assignment)
    }
  }

  private mutating func match(_ match: MatchStatement, _ location: Location, _ assignment: String) {
    line("case (\(VerilogExpression.text(match.subject)))", location)
    indent += 1
    for (i, branch) in match.branches.enumerated() {
      let labels = branch.labels.map { VerilogExpression.text($0) }.joined(separator: ", ")
      if match.isExhaustive, i + 1 == match.branches.count {
        arm("default", branch.statements, " // \(labels)", assignment)
      } else {
        arm(labels, branch.statements, "", assignment)
      }
    }
    if !match.isExhaustive { arm("default", match.otherwise ?? [], "", assignment) }
    indent -= 1
    line("endcase")
  }

  private mutating func arm(
    _ label: String, _ list: [Statement], _ comment: String, _ assignment: String
  ) {
    if list.isEmpty {
      line("\(label): ;\(comment)")
      return
    }
    line("\(label): begin\(comment)")
    indent += 1
    statements(list, assignment)
    indent -= 1
    line("end")
  }

  private mutating func loop(
    _ loop: StatementLoop, _ location: Location, _ assignment: String
  ) {
    let i = loop.index
    line("begin : \(loop.label)", location)
    indent += 1
    line("integer \(i);")
    line(
      "for (\(i) = 0; \(i) < \(VerilogExpression.text(loop.count)); \(i) = \(i) + 1) begin")
    indent += 1
    statements(loop.body, assignment)
    indent -= 1
    line("end")
    indent -= 1
    line("end")
  }

  /// What a memory holds at first.
  mutating func initial(_ memory: Declaration, _ contents: MemoryContents) {
    let words: [UInt64] = if case .words(let words) = contents { words } else { [] }
    let block = "\(memory.name)_contents"
    line("initial begin : \(block)")
    indent += 1
    let isFull = memory.depth!.difference(from: .literal(words.count)) == 0
    if !isFull {
      let zeros = VerilogExpression.text(zero(memory.shape))
      let depth = VerilogExpression.text(memory.depth!)
      line("integer word;")
      line("for (word = \(words.count); word < \(depth); word = word + 1)")
      indent += 1
      line("\(memory.name)[word] = \(zeros);")
      indent -= 1
    }
    for (address, word) in words.enumerated() {
      line("\(memory.name)[\(address)] = \(Self.sized(word, memory.shape.width));")
    }
    indent -= 1
    line("end")
  }

  /// A number of up to 64 bits at a width that may be a parameter.
  private static func sized(_ word: UInt64, _ width: Nat) -> String {
    if word <= UInt64(Int32.max) {
      let signal = Signal(.constant(.literal(Int(word))), bits(width))
      return VerilogExpression.text(signal)
    }
    let digits = UInt64.bitWidth - word.leadingZeroBitCount
    let number = "\(digits)'h\(String(word, radix: 16))"
    let rest = width - .literal(digits)
    if rest.difference(from: 0) == 0 { return number }
    return "{{(\(VerilogExpression.text(rest))){1'b0}}, \(number)}"
  }

  /// What a formal run assumes of the first cycle, and nothing elsewhere.
  mutating func start(_ condition: Signal, _ location: Location) {
    directive("`ifdef FORMAL")
    line("initial assume (\(VerilogExpression.text(condition)));", location)
    directive("`endif")
  }

  /// A property: a check in a simulation, a statement of Yosys in a formal run, nothing in synthesis.
  mutating func property(_ property: Property) {
    let condition = VerilogExpression.text(property.condition)
    let clock = VerilogExpression.text(property.clock)
    let outside = property.reset.map { VerilogExpression.text(!$0) }
    directive("`ifdef FORMAL")
    line("always @(posedge \(clock))", property.location)
    indent += 1
    let guarded = outside.map { "if (\($0)) " } ?? ""
    line("\(guarded)\(property.name): \(property.kind.rawValue) (\(condition));")
    indent -= 1
    directive("`else")
    directive("`ifndef SYNTHESIS")
    let both = [
      outside, property.kind == .cover ? VerilogExpression.parenthesized(property.condition) : nil,
    ]
    .compactMap { $0 }
    if property.kind == .cover {
      line("reg covered_\(property.name) = 1'b0;", property.location)
      line("always @(posedge \(clock))", property.location)
      indent += 1
      line("if (\((both + ["!covered_\(property.name)"]).joined(separator: " && "))) begin")
      indent += 1
      line("covered_\(property.name) <= 1'b1;")
      line("$display(\"cover %m.\(property.name) reached\");")
    } else {
      let broken = VerilogExpression.text(!property.condition)
      line("always @(posedge \(clock))", property.location)
      indent += 1
      line("if (\((both + [broken]).joined(separator: " && "))) begin")
      indent += 1
      line("$display(\"assertion %m.\(property.name) failed\");")
      line("$stop;")
    }
    indent -= 1
    line("end")
    indent -= 1
    directive("`endif")
    directive("`endif")
  }
}

extension NamedConstant {
  /// Its declaration in Verilog.
  var text: String {
    if let pattern { return "localparam [\(pattern.width - 1):0] \(name) = \(pattern.text);" }
    return "localparam \(name) = \(VerilogExpression.text(definition));"
  }

  /// Its declaration inside a loop, with bits that can be taken of it.
  var localText: String {
    "localparam [31:0] \(name) = \(VerilogExpression.text(definition));"
  }
}

extension NamedConstant.Pattern {
  /// The bits in Verilog.
  fileprivate var text: String {
    guard isHexadecimal else { return "\(width)'d\(value)" }
    let digits = String(value, radix: 16)
    let padding = String(repeating: "0", count: Swift.max(0, (width + 3) / 4 - digits.count))
    return "\(width)'h\(padding)\(digits)"
  }
}

extension Reset {
  /// What the sensitivity list of a process has beside the clock.
  fileprivate var edge: String {
    switch kind {
    case .synchronous: return ""
    case .asynchronous: return " or posedge \(VerilogExpression.text(signal))"
    case .asynchronousLow: return " or negedge \(VerilogExpression.text(signal))"
    }
  }

  /// When the registers take their reset values.
  fileprivate var condition: String {
    kind == .asynchronousLow
      ? VerilogExpression.text(!signal) : VerilogExpression.text(signal)
  }
}
