import Foundation
import HDL
import RandomModules
import Verilated

/// `fuzz <simulator> <first seed> <modules> [<modules of a build>]`: compares random modules.
@main struct Main {
  static func main() throws {
    let arguments = CommandLine.arguments
    let folder = NSTemporaryDirectory() + "mimegen-fuzz-\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let comparison: Comparison
    switch arguments.dropFirst().first {
    case "print":
      for seed in arguments.dropFirst(2).compactMap({ UInt64($0) }) {
        print(RandomModule(seed: seed).verilog)
      }
      return
    case "verilator": comparison = .verilator(BuildCache(folder: folder))
    case "icarus": comparison = .icarus
    case "cxxrtl": comparison = .cxxrtl
    default: return print("usage: fuzz verilator|icarus|cxxrtl <first seed> <modules> [<batch>]")
    }
    let numbers = arguments.dropFirst(2).compactMap { UInt64($0) }
    let first = numbers.first ?? 0
    let count = numbers.count > 1 ? numbers[1] : 1000
    let batch = numbers.count > 2 ? numbers[2] : 100
    let rounds = numbers.count > 3 ? Int(numbers[3]) : 0
    let start = Date()
    var found = 0
    for low in stride(from: first, to: first + count, by: UInt64.Stride(batch)) {
      let randoms = (low..<min(low + batch, first + count)).map { RandomModule(seed: $0) }
      do {
        for difference in try comparison.differences(randoms) {
          found += 1
          let shrunk =
            rounds > 0 ? Shrinker(comparison).shrunk(difference, rounds: rounds) : difference
          print(
            rounds > 0
              ? "seed \(difference.random.origin): \(shrunk)"
              : "\(shrunk.random.origin) \(shrunk.signal) \(shrunk.cycle)")
        }
      } catch {
        print("seeds from \(low): \("\(error)".prefix(800))")
      }
      fflush(nil)
      print(
        "\(low + batch - first) modules, \(found) differ, \(Int(Date().timeIntervalSince(start))) s"
      )
    }
  }
}
