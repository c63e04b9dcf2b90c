import HDL
import Lint
import PEArray
import Simulation
import Testing
import Verilated

/// The array of `Examples/PEArray` multiplies matrices.
@Suite struct PEArrayTests {
  static let sizes = [(1, 1), (1, 4), (3, 1), (2, 3), (5, 4)]

  @Test(.enabled(if: Linter.allCases.allSatisfy(\.isInstalled), "a linter is not installed"))
  func printsCleanVerilog() throws {
    let configurations = Self.sizes.map { ["ROWS": $0, "COLS": $1] }
    for finding in try PEArray.array.lint(at: configurations) { Issue.record("\(finding)") }
  }

  @Test(arguments: sizes) func multipliesMatrices(rows: Int, columns: Int) throws {
    let configuration = ["ROWS": rows, "COLS": columns, "WIDTH": 6, "ACC_WIDTH": 20]
    try Self.multiply(
      on: Lockstep(
        Simulator(PEArray.array, configuration), named: "the simulator",
        VerilatedBench(PEArray.array, at: configuration), named: "Verilator"),
      rows, columns)
  }

  /// Row r gets its k-th activation in cycle k + r, column c its k-th weight in cycle k + c.
  static func multiply(on bench: any TestBench, _ rows: Int, _ columns: Int) throws {
    let depth = 7
    let a = (0..<rows).map { r in (0..<depth).map { k in (r * 13 + k * 29) % 61 % 63 - 30 } }
    let b = (0..<columns).map { c in (0..<depth).map { k in (c * 17 + k * 23) % 59 - 29 } }
    try bench.poke("shift", 1)
    try bench.step(rows)
    try bench.poke("shift", 0)
    for cycle in 0..<depth + rows + columns {
      try bench.poke("west", bits: pack(a.enumerated().map { $1.at(cycle - $0) }, 6))
      try bench.poke("north", bits: pack(b.enumerated().map { $1.at(cycle - $0) }, 6))
      try bench.step()
    }
    try bench.poke("shift", 1)
    for r in (0..<rows).reversed() {
      let bottom = try bench.peek(bits: "south")
      for c in 0..<columns {
        let sum = zip(a[r], b[c]).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(bottom.slice(from: 20 * c, width: 20).value(isSigned: true) == sum)
      }
      try bench.step()
    }
  }

  private static func pack(_ numbers: [Int], _ width: Int) -> BitVector {
    var result = BitVector(width: width * numbers.count)
    for (i, number) in numbers.enumerated() {
      let bits = BitVector(width: width, number)
      for bit in 0..<width { result[i * width + bit] = bits[bit] }
    }
    return result
  }
}

extension [Int] {
  /// The number there, zero outside.
  fileprivate func at(_ index: Int) -> Int { indices.contains(index) ? self[index] : 0 }
}
