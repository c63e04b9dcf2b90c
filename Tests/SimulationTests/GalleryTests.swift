import Gallery
import HDL
import Machine
import Simulation
import Testing
import Verilated
import Waves

/// Every construct passes the checks, and means the same here and in Verilator.
@Suite struct GalleryTests {
  @Test(arguments: Gallery.all) func passesItsChecks(exhibit: Gallery.Exhibit) throws {
    try exhibit.module.check(at: exhibit.configurations)
  }

  /// All exhibits in one build, each in lockstep with the simulator for some hundred cycles.
  @Test func meansTheSameInVerilator() throws {
    let runs = Gallery.all.flatMap { exhibit in
      exhibit.configurations.map { (module: exhibit.module, configuration: $0) }
    }
    let library = try VerilatedLibrary(
      try runs.map { try VerilatedModule($0.module, at: $0.configuration) })
    for (number, run) in runs.enumerated() {
      let bench = try Lockstep(
        Simulator(run.module, run.configuration), named: "the simulator",
        library.bench(number), named: "Verilator")
      let recorder = try RecordingBench(bench)
      try recorder.withWaves { bench in
        try Self.drive(bench, cycles: 400, seed: UInt64(number))
      }
    }
  }

  /// The whole core in lockstep, its inputs random: what follows makes little sense, but the same.
  @Test(arguments: [["ROWS": 3, "COLS": 5, "LANES": 2, "ACT_SIGNED": 1], ["ROWS": 2, "COLS": 1]])
  func coreMeansTheSameInVerilator(configuration: Configuration) throws {
    let bench = try Lockstep(
      Simulator(Machine.top, configuration), named: "the simulator",
      VerilatedBench(Machine.top, at: configuration), named: "Verilator")
    try Self.drive(bench, cycles: 2000, seed: 5)
  }

  /// Random inputs with extremes among them; whatever resets does so at first and seldom later.
  static func drive(_ bench: any TestBench, cycles: Int, seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for cycle in 0..<cycles {
      for port in bench.ports where port.isInput && port.name != "clk" {
        let isReset = port.name.hasSuffix("rst") || port.name == "rst_n"
        if isReset {
          let resets = cycle < 2 || generator.next() % 64 == 0
          try bench.poke(port.name, resets != (port.name == "rst_n") ? 1 : 0)
          continue
        }
        var bits = BitVector(width: port.width, using: &generator)
        switch generator.next() % 8 {
        case 0: bits = BitVector(width: port.width)
        case 1: bits = BitVector(width: port.width, -1)
        default: break
        }
        try bench.poke(port.name, bits: bits)
      }
      try bench.step()
    }
  }
}
