import HDL
import Testing

@testable import Machine

/// The hash changes with what a driver of the core relies on, and with nothing else.
@Suite struct ConfigurationHashTests {
  /// FNV-1a of 32 bits, as its authors write it: xor with a byte, then times the prime.
  private func fnv1a(_ text: String) -> UInt32 {
    var hash: UInt32 = 2_166_136_261
    for byte in Array(text.utf8) {
      hash ^= UInt32(byte)
      hash = hash &* 16_777_619
    }
    return hash
  }

  /// The lines hashed, from the names alone.
  private var lines: [String] {
    ["version \(Machine.version)"]
      + Machine.top.parameters.map(\.name).map { "parameter \($0)" }
      + Machine.top.portNames.map { "port \($0)" }
      + Machine.counters.enumerated().map {
        "counter \($0.offset) \($0.element.name) " + ($0.element.isPerTask ? "task" : "layer")
      }
  }

  private func hash(_ lines: [String]) -> UInt32 { fnv1a(lines.joined(separator: "\n") + "\n") }

  /// Vectors of draft-eastlake-fnv, appendix C.
  @Test(arguments: [("", 0x811c_9dc5), ("a", 0xe40c_292c), ("foobar", 0xbf9c_f968)])
  func referenceIsFNV1a(text: String, value: UInt32) {
    #expect(fnv1a(text) == value)
  }

  @Test func hashIsThatOfTheNames() {
    #expect(Machine.interface == lines)
    #expect(Machine.configurationHash == hash(lines))
    let digits = String(Machine.configurationHash, radix: 16)
    #expect(
      Machine.configurationHashText
        == "0x" + String(repeating: "0", count: 8 - digits.count) + digits)
  }

  /// Another name in any line, a line less, and two lines exchanged change the hash.
  @Test func everyNameCounts() {
    for i in lines.indices {
      var changed = lines
      changed[i] += "_"
      #expect(hash(changed) != Machine.configurationHash, "\(lines[i])")
      changed.remove(at: i)
      #expect(hash(changed) != Machine.configurationHash, "without \(lines[i])")
      if i > 0 {
        changed = lines
        changed.swapAt(i - 1, i)
        #expect(hash(changed) != Machine.configurationHash, "\(lines[i]) before \(lines[i - 1])")
      }
    }
  }

  @Test(arguments: [[:], ["ROWS": 1, "COLS": 1], ["ACT_SIGNED": 1, "ROUNDING": 4]])
  func defaultsDoNotCount(defaults: Configuration) throws {
    let files = try CoreFiles(defaults: defaults)
    let digits = Machine.configurationHashText.dropFirst(2)
    let core = try #require(files.verilog.first { $0.name == "mime_core.v" })
    #expect(core.text.contains("\n    localparam [31:0] CONFIG_HASH = 32'h\(digits);\n"))
    #expect(core.text.contains("\n    assign config_hash = CONFIG_HASH;\n"))
    let description = try #require(files.others.first { $0.name == CoreFiles.descriptionName })
    #expect(description.text.contains("\"config_hash\": \"0x\(digits)\","))
  }
}
