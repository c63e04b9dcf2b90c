import HDL

/// What Yosys and its SMT driver are asked, and what they answer.
extension ProofRunner {
  /// The parameters of the top module, for the `hierarchy` command.
  private func parameters(_ proof: Proof) -> String {
    proof.configuration.sorted { $0.key < $1.key }.map { " -chparam \($0.key) \($0.value)" }
      .joined()
  }

  private func yosys(_ script: String, in folder: String) throws -> (status: Int32, output: String)
  {
    try write(script, to: "\(folder)/script.ys")
    return try tools.run(tools.yosys, ["script.ys"], in: folder)
  }

  /// Translates the harness for the solver.
  func prepare(_ proof: Proof, in folder: String) throws {
    let (status, output) = try yosys(
      """
      read_verilog -formal -D FORMAL design.v
      hierarchy -check -top \(proof.harness.name)\(parameters(proof))
      rename -top \(proof.harness.name)
      proc
      flatten
      memory_collect
      memory_map
      async2sync
      dffunmap
      chformal -early
      write_smt2 -wires design.smt2
      """, in: folder)
    guard status == 0 else {
      throw FormalError("yosys does not read the harness of `\(proof.name)`: \(firstError(output))")
    }
  }

  /// One run of the SMT driver.
  func solve(_ arguments: [String], in folder: String) throws -> Verdict {
    let common = [
      "-s", "z3", "--unroll", "--noprogress", "--timeout", "\(limit)", "--dump-vcd", "trace.vcd",
    ]
    let (status, output) = try tools.run(
      tools.driver, common + arguments + ["design.smt2"], in: folder)
    let lines = output.split(separator: "\n").map(words)
    if status == 0,
      lines.contains(where: { $0.contains("Status: PASSED") || $0 == "Status: passed" })
    {
      return .proved
    }
    let isInduction = arguments.contains("-i")
    if let name = lines.compactMap({ named($0, after: "Unreached cover statement at ") }).first {
      return .refuted(name, step: Int(arguments.last!) ?? 0)
    }
    if let failed = lines.firstIndex(where: { $0.hasPrefix("Assert failed in ") }) {
      let name = lines[failed].split(separator: ":", maxSplits: 1).last.map(String.init) ?? ""
      let assertion = property(name)
      if isInduction { return .undecided("the induction step does not hold for \(assertion)") }
      let last = lines[..<failed].compactMap(step).last ?? 0
      return .refuted(assertion, step: last)
    }
    if lines.contains(where: { $0.contains("Assumptions are unsatisfiable") }) {
      return .undecided("the assumptions contradict each other")
    }
    if lines.contains(where: { $0.lowercased().contains("timeout") }) {
      return .undecided("the solver has no answer after \(limit) s")
    }
    return .undecided(lines.last ?? "the solver ended with status \(status)")
  }

  /// A line of the driver without its clock.
  private func words(_ line: Substring) -> String {
    guard line.hasPrefix("##") else { return String(line) }
    return line.split(separator: " ", omittingEmptySubsequences: true).dropFirst(2)
      .joined(separator: " ")
  }

  private func named(_ line: String, after beginning: String) -> String? {
    line.hasPrefix(beginning) ? property(String(line.dropFirst(beginning.count))) : nil
  }

  /// The name of a property in the driver's words: the place in the file follows in parentheses.
  private func property(_ text: String) -> String {
    String(text.split(separator: "(").first ?? "").split(separator: " ").joined(separator: " ")
      .split(separator: ".").joined(separator: ".")
  }

  /// The number of the step that is looked into.
  private func step(_ line: String) -> Int? {
    guard line.hasPrefix("Checking assertions in step ") else { return nil }
    return line.split(separator: " ").last.flatMap { Int($0.prefix { $0.isNumber }) }
  }

  private func firstError(_ output: String) -> String {
    let lines = output.split(separator: "\n")
    return String(lines.first { $0.contains("ERROR") } ?? lines.last ?? "it says nothing")
  }

  // MARK: Equivalence

  /// Compares the parameterized Verilog with the elaborated module, all registers as ports.
  func compare(_ proof: Proof, in folder: String) throws -> Verdict {
    let elaborator = Elaborator(wantsValues: true)
    guard let module = elaborator.elaborate(proof.harness, proof.configuration) else {
      throw HDLError(diagnostics: elaborator.diagnostics)
    }
    try write(ElaboratedVerilog.print(module, named: "elaborated"), to: "\(folder)/elaborated.v")
    let flat = "proc; flatten; memory_collect; memory_map; rename -hide w:\\%*"
    let question =
      "sat -prove-asserts -enable_undef -set-def-inputs -timeout \(limit) -show-outputs "
      + "-dump_vcd trace.vcd miter"
    let (status, output) = try yosys(
      """
      read_verilog -D SYNTHESIS design.v
      hierarchy -check -top \(proof.harness.name)\(parameters(proof))
      rename -top parameterized
      \(flat)
      design -stash first
      read_verilog elaborated.v
      hierarchy -check -top elaborated
      \(flat)
      design -stash second
      design -copy-from first -as parameterized parameterized
      design -copy-from second -as elaborated elaborated
      expose -evert-dff -dff -shared
      opt_clean -purge
      select -assert-none t:$*ff* t:$*latch* t:$mem*
      miter -equiv -flatten -make_assert -ignore_gold_x -make_outcmp parameterized elaborated miter
      hierarchy -top miter
      opt_merge
      opt_clean
      \(question)
      """, in: folder)
    if status == 0, output.contains("no model found: SUCCESS!") { return .proved }
    let lines = output.split(separator: "\n")
    if output.contains("model found: FAIL!") {
      let differs = lines.first { line in
        line.contains("\\cmp_") && line.split(separator: " ").last == "0"
      }
      let name = differs?.split(separator: " ").first.map {
        String($0.replacing("\\cmp_", with: ""))
      }
      return .refuted(name ?? "a register or output", step: 0)
    }
    if output.contains("TIMEOUT") { return .undecided("the solver has no answer after \(limit) s") }
    return .undecided(firstError(output))
  }
}
