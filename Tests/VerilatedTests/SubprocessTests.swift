import Foundation
import Testing

@testable import Verilated

@Suite struct SubprocessTests {
  @Test func takesWhatIsWritten() throws {
    let done = try Subprocess.run(
      "/bin/sh", ["-c", "cat; echo two >&2; exit 3"], input: "one ", environment: [:])
    #expect(done.status == 3 && done.output == "one two\n")
  }

  @Test func aSignalIsAStatus() throws {
    let done = try Subprocess.run("/bin/sh", ["-c", "kill -9 $$"], environment: [:])
    #expect(done.status == 128 + 9)
  }

  /// Other tests open files meanwhile, but by far fewer than these runs.
  @Test func leavesNothingOpen() throws {
    func open() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }
    let before = try open()
    for _ in 0..<400 { _ = try Subprocess.run("/bin/true", [], environment: [:]) }
    #expect(try open() < before + 200)
  }
}
