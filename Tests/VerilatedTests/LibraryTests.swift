import Foundation
import HDL
import Simulation
import Testing

@testable import Verilated

@Suite struct LibraryTests {
  /// A module that adds `number` to its input; all are of one name.
  static func adder(_ number: Int) -> VerilatedModule {
    verilog(
      "adder", inputs: [("a", 70)], outputs: [("q", 70)], body: "assign q = a + 70'd\(number);")
  }

  static func contents(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test func holdsManyModulesOfOneName() throws {
    let counters = try [3, 5].map { try VerilatedModule(TestModules.counter, at: ["WIDTH": $0]) }
    let library = try VerilatedLibrary((0..<12).map(Self.adder) + counters)
    for number in 0..<12 {
      let bench = try library.bench(number)
      try bench.poke("a", bits: BitVector(width: 70, words: [.max, 1]))
      let sum =
        number == 0
        ? BitVector(width: 70, words: [.max, 1])
        : BitVector(width: 70, words: [UInt64(number - 1), 2])
      #expect(try bench.peek(bits: "q") == sum)
    }
    for (index, width) in [(12, 3), (13, 5)] {
      let bench = try library.bench(index)
      try bench.poke("enable", 1)
      try bench.step(35)
      #expect(try bench.peek("count") == 35 % (1 << width))
    }
  }

  @Test func namesTheFileThatIsRefused() throws {
    let bad = verilog("adder", outputs: [("q", 1)], body: "assign q = nowhere[;")
    let modules = [Self.adder(0), bad, Self.adder(1), bad]
    try withFolder { folder in
      let error = try #require(throws: RTLError.self) {
        try VerilatedLibrary(modules, in: BuildCache(folder: folder))
      }
      #expect(
        error.description.hasPrefix("Verilator refuses the Verilog:\n%Error: 1/adder.v:2:"),
        "\(error)")
    }
  }

  @Test(
    arguments: [
      (
        verilog("bad", outputs: [("q", 1)], body: "assign q = ;"),
        "Verilator refuses the Verilog:\n%Error: bad.v:2:"
      ),
      (
        VerilatedModule(VerilogSources([]), top: "none", ports: []),
        "Verilator refuses the Verilog:\n%Error: verilator: No Input Verilog file specified"
      ),
      (
        VerilatedModule(adder(1).sources, top: "adder", ports: Array(adder(1).ports.dropLast())),
        "module adder has a port `q` that the testbench does not know."
      ),
      (
        VerilatedModule(adder(1).sources, top: "adder", parameters: ["N": 1], ports: []),
        "Verilator refuses the Verilog:\n%Error: Parameters from the command line were not found"
      ),
    ])
  func refusesVerilog(module: VerilatedModule, message: String) throws {
    try withFolder { folder in
      let error = try #require(throws: RTLError.self) {
        try VerilatedBench(module, in: BuildCache(folder: folder))
      }
      #expect(error.description.hasPrefix(message), "\(error)")
      #expect(try Self.contents(folder) == [])
    }
  }

  /// One library for the same modules, and one run-time for all libraries of the same options.
  @Test func buildsOnce() throws {
    try withFolder { folder in
      let cache = BuildCache(folder: folder + "/a cache")
      func count() throws -> [Int] {
        let names = try Self.contents(cache.folder)
        return [".so", ".o"].map { ending in names.filter { $0.hasSuffix(ending) }.count }
      }
      for _ in 0..<2 { _ = try VerilatedLibrary([Self.adder(1)], in: cache) }
      #expect(try count() == [1, 1])
      _ = try VerilatedLibrary([Self.adder(1), Self.adder(2)], in: cache)
      #expect(try count() == [2, 1])
      let options = VerilatedOptions(optimizes: true)
      let bench = try VerilatedLibrary([Self.adder(1)], options: options, in: cache).bench()
      #expect(try count() == [3, 2])
      try bench.poke("a", 4)
      #expect(try bench.peek("q") == 5)
    }
  }

  /// Where the environment chooses Verilator's program, its wrapper is not passed by.
  @Test func buildsThroughTheWrapper() throws {
    var environment = ProcessInfo.processInfo.environment
    environment["VERILATOR_BIN"] = "verilator_bin"
    let tools = try Toolchain(environment: environment)
    let library = try VerilatedLibrary([Self.adder(7)], with: tools)
    let bench = try library.bench()
    try bench.poke("a", 1)
    #expect(try bench.peek("q") == 8)
    environment["VERILATOR_BIN"] = "no_such_program"
    let broken = try VerilatedModule(TestModules.counter, at: ["WIDTH": 7])
    _ = try withFolder { folder in
      #expect(throws: EnvironmentError.self) {
        try VerilatedLibrary(
          [broken], in: BuildCache(folder: folder), with: Toolchain(environment: environment))
      }
    }
  }

  @Test func fingerprintsEverythingThatMatters() throws {
    let tools = try Toolchain()
    func print(
      _ modules: [VerilatedModule], _ options: VerilatedOptions = VerilatedOptions()
    ) -> String {
      LibraryBuild(modules: modules, options: options, cache: BuildCache(), tools: tools)
        .fingerprint
    }
    let counter = TestModules.counter
    let prints = try [
      print([Self.adder(1)]), print([Self.adder(2)]), print([Self.adder(1), Self.adder(2)]),
      print([Self.adder(1)], VerilatedOptions(initialValues: .random)),
      print([Self.adder(1)], VerilatedOptions(optimizes: true)),
      print([VerilatedModule(counter)]), print([VerilatedModule(counter, at: ["WIDTH": 9])]),
      print([VerilatedModule(Self.adder(1).sources, top: "adder", ports: [])]),
    ]
    #expect(Set(prints).count == prints.count)
    #expect(print([Self.adder(1)]) == prints[0])
  }
}
