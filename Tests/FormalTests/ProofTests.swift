import Components
import Formal
import HDL
import Proofs
import Testing

@Suite(.enabled(if: Installed.tools != nil, "Yosys and Z3 are not installed")) struct ProofTests {
  /// The proofs that take a second or two.
  static let quick = [
    "mime_pe/3-2-6", "mime_delay/1", "stream_register", "stream_register/covers", "stream_fifo/3",
    "registers", "axi_burst_splitter", "axi_read_arbiter", "mime_packer/20", "mime_act_buffer",
    "mime_feeder/lowest",
    "elaboration/mime_pe/0", "elaboration/stream_fifo/2",
  ]

  @Test(arguments: quick) func holdsAndFindsItsFaults(name: String) throws {
    let proof = try #require(ProofCatalog.all.first { $0.name == name })
    let result = try ProofRunner(try #require(Installed.tools)).run(proof)
    #expect(result.verdict == .proved)
    for fault in result.faults { #expect(fault.isFound, "\(fault.fault.name): \(fault.verdict)") }
  }

  /// Counts, and claims to stay below LIMIT.
  static let counter = Module("counter", "Counts.") { m in
    let limit = m.parameter("LIMIT", default: 9, in: 1...15, "claimed")
    let clk = m.input("clk")
    let rst = m.input("rst")
    let count = m.register("count", bits(4), reset: 0)
    m.assumeAtStart(rst)
    m.clocked(clk, reset: rst) { count <== mux(count != 9, count + 1, 0) }
    m.assert("below_limit", count < limit, on: clk, reset: rst)
    m.cover("five", count == 5, on: clk, reset: rst)
  }

  private func verdict(_ method: Proof.Method, limit: Int) throws -> Verdict {
    let proof = Proof("counter", "It stays below.", Self.counter, at: ["LIMIT": limit], by: method)
    return try ProofRunner(try #require(Installed.tools)).run(proof).verdict
  }

  @Test func namesTheAssertionAndTheStep() throws {
    // Reset in step 0, zero in step 1.
    #expect(try verdict(.bounded(depth: 12), limit: 4) == .refuted("below_limit", step: 5))
    #expect(try verdict(.bounded(depth: 5), limit: 4) == .proved)
    #expect(try verdict(.induction(depth: 1), limit: 10) == .proved)
  }

  @Test func doesNotCallAFailedInductionARefutation() throws {
    guard case .undecided(let words) = try verdict(.induction(depth: 1), limit: 12) else {
      Issue.record("decided")
      return
    }
    #expect(words == "the induction step does not hold for below_limit")
  }

  @Test func refusesToProveNothing() throws {
    let empty = Module("empty", "Claims nothing.") { m in
      let (a, y) = (m.input("a"), m.output("y"))
      m.drive { y <== a }
    }
    let runner = ProofRunner(try #require(Installed.tools))
    let cases: [(Proof.Method, String)] = [
      (.induction(depth: 3), "the proof `p` proves nothing: `empty` has no assertion"),
      (.bounded(depth: 3), "the proof `p` proves nothing: `empty` has no assertion"),
      (.cover(depth: 3), "the proof `p` proves nothing: `empty` has no cover"),
      (.bounded(depth: 0), "the proof `p` looks at 0 cycles; 1 is the least"),
    ]
    for (method, sentence) in cases {
      #expect {
        try runner.run(Proof("p", "A claim.", empty, by: method))
      } throws: { "\($0)" == sentence }
    }
  }

  @Test func looksForCovers() throws {
    #expect(try verdict(.cover(depth: 7), limit: 10) == .proved)
    #expect(try verdict(.cover(depth: 6), limit: 10) == .refuted("five", step: 6))
  }

  @Test func namesEveryProofOnce() {
    #expect(Set(ProofCatalog.all.map(\.name)).count == ProofCatalog.all.count)
  }

  @Test func saysHowToInstallWhatIsMissing() {
    #expect {
      try FormalTools(environment: ["PATH": "/nowhere"])
    } throws: { error in
      "\(error)"
        == "yosys and yosys-smtbmc and z3 are not on the PATH; install with: "
        + "apt-get install -y --no-install-recommends yosys z3"
    }
  }

  @Test func reportsWhatCannotBeProbed() {
    let probed = Components.streamFIFO.probing("nowhere")
    #expect(
      probed.diagnostics.map(\.message) == [
        "`stream_fifo` has no register, wire or memory `nowhere` outside its blocks"
      ])
  }
}
