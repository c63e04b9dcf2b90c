import Foundation
import Machine
import Networks
import Programs

@testable import Energy

/// The repository's folder.
let repository = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

/// Counts for `tasks` tasks of an accelerator with 8 task ids; what is not named is zero.
func counts(_ named: [String: [Int]]) -> Counts {
  for name in named.keys {
    precondition(Machine.acceleratorCounters.contains { $0.name == name }, "no counter \(name)")
  }
  return Counts(
    values: Machine.acceleratorCounters.map { counter in
      let given = named[counter.name] ?? []
      return given + Array(repeating: 0, count: (counter.isPerTask ? 8 : 1) - given.count)
    })
}

/// A run of two tasks with these layers.
func run(_ layers: [Counts], transfers: Counts = counts([:]), images: [Int] = [2, 1]) -> RunCounts {
  RunCounts(
    provenance: .exact, tasks: ["red", "blue"], images: images,
    layers: layers.enumerated().map { .init(name: "layer\($0.offset)", counts: $0.element) },
    transfers: transfers)
}

/// A machine of 2 rows and 3 columns, 8/8/32 bits with multipliers of 16, and beats of 64 bits.
func smallShape(_ others: [String: Int] = [:]) throws -> AcceleratorShape {
  try AcceleratorShape(
    ["ROWS": 2, "COLS": 3, "AXI_DATA_WIDTH": 64, "ACT_BUFFER_KB": 8].merging(others) { $1 })
}

extension EnergyReport {
  /// The energy of one action, in the table's unit.
  func energy(of action: Action, _ quantity: String? = nil) -> String {
    value(
      sum {
        let charge = price($0).charge
        return charge.action == action
          && (quantity == nil || charge.quantity.description == quantity)
      }
    ).decimal()
  }
}
