import Foundation
import Testing
import Verilated

@testable import Cosimulation

@Suite struct VerilatorBuildTests {
  static let parameters = CoreParameters(rows: 1, columns: 1, accWidth: 16)

  /// What building `sources` into an empty cache throws, which must leave nothing there.
  static func refusal(_ sources: VerilogSources) throws -> String {
    try withFolder { folder in
      var message = "no error"
      do {
        _ = try VerilatorBuild(sources, parameters).product(in: BuildCache(folder: folder))
      } catch let error as RTLError {
        message = error.description
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
      return message
    }
  }

  @Test func reportsVerilatorsErrors() throws {
    let sources = fixture(Self.parameters, body: "assign nowhere[ = 1;")
    let message = try Self.refusal(sources)
    #expect(
      message.hasPrefix("Verilator refuses the Verilog:\n%Error: mime_core.v:"), "\(message)")
  }

  @Test func reportsAnUnknownParameter() throws {
    let sources = VerilogSources([.init(name: "mime_core.v", text: "module mime_core; endmodule\n")]
    )
    #expect(try Self.refusal(sources).contains("ROWS"))
  }

  @Test(
    arguments: [
      ("act_data", nil, nil, "module mime_core has no port `act_data`."),
      (
        "result_acc", CorePort.Direction.input, nil,
        "port `result_acc` of mime_core is an input; it must be an output."
      ),
      (
        "weight_data", nil, 9,
        "port `weight_data` of mime_core has 9 bits; it must have 8 with ROWS=1 COLS=1 LANES=1 "
          + "ACT_WIDTH=8 ACT_SIGNED=0 WEIGHT_WIDTH=8 ACC_WIDTH=16 MULT_WIDTH=16 ROUNDING=0 "
          + "TASK_WIDTH=3 COUNT_EVENTS=1 COUNT_WIDTH=16 "
          + "LANE_EXTRA=0."
      ),
    ] as [(String, CorePort.Direction?, Int?, String)])
  func comparesThePorts(
    name: String, direction: CorePort.Direction?, width: Int?, message: String
  ) throws {
    let ports = Self.parameters.ports.compactMap { port -> CorePort? in
      guard port.name == name else { return port }
      guard direction != nil || width != nil else { return nil }
      return CorePort(
        name: name, direction: direction ?? port.direction, width: width ?? port.width)
    }
    #expect(try Self.refusal(fixture(Self.parameters, ports: ports, body: "")) == message)
  }

  @Test func refusesAnUnknownPort() throws {
    let ports = Self.parameters.ports + [CorePort(name: "extra", direction: .input, width: 1)]
    #expect(
      try Self.refusal(fixture(Self.parameters, ports: ports, body: ""))
        == "module mime_core has a port `extra` that the testbench does not know.")
  }

  @Test func fingerprintsEverythingThatMatters() throws {
    let tools = try Toolchain()
    let sources = fixture(Self.parameters, body: "")
    var wider = Self.parameters
    wider.accWidth += 1
    let builds = [
      VerilatorBuild(sources, Self.parameters), VerilatorBuild(sources, wider),
      VerilatorBuild(sources, Self.parameters, writesWaves: true),
      VerilatorBuild(fixture(Self.parameters, body: "// edited"), Self.parameters),
    ]
    let prints = builds.map { $0.fingerprint(tools) }
    #expect(Set(prints).count == builds.count)
    #expect(prints[0] == VerilatorBuild(sources, Self.parameters).fingerprint(tools))
  }

  /// Several builders at once, as of processes that share a cache, and one that comes later.
  @Test func buildsOnceForAll() async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/mimegen-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let cache = BuildCache(folder: folder)
    let build = VerilatorBuild(fixture(Self.parameters, body: ""), Self.parameters)
    let products = try await withThrowingTaskGroup(of: VerilatorBuild.Product.self) { group in
      for _ in 0..<2 { group.addTask { try build.product(in: cache) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let later = try build.product(in: cache)
    #expect(Set((products + [later]).map(\.path)).count == 1)
    #expect(products.contains { $0.isNew } && !later.isNew)
    _ = try SimulatedCore(CoreLibrary(path: later.path), Self.parameters)
    let left = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(left == [URL(fileURLWithPath: later.path).lastPathComponent])
  }

  @Test func readsAFileList() throws {
    try withFolder { folder in
      func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
      }
      let list = "\(folder)/mime_core.f"
      try write("a.v", "module a; endmodule\n")
      try write("b.v", "module b; endmodule\n")
      try write("mime_core.f", "# comment\nb.v // top\n\n  a.v\n")
      #expect(try VerilogSources(fileList: list).files.map(\.name) == ["b.v", "a.v"])
      try write("mime_core.f", "a.v\nc.v\n")
      #expect(throws: RTLError("\(folder)/c.v cannot be read.")) {
        try VerilogSources(fileList: list)
      }
      try write("mime_core.f", "a.v\n../c.v\n")
      #expect(
        throws: RTLError("\(list):2: '../c.v' is not the name of a file in the list's folder.")
      ) { try VerilogSources(fileList: list) }
      try write("mime_core.f", "\n")
      #expect(throws: RTLError("\(list) names no Verilog file.")) {
        try VerilogSources(fileList: list)
      }
    }
  }
}
