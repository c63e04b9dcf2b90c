import Machine
import Mapping
import Networks

/// The choice of each pooled layer's order of slots.
public enum Mapper {
  /// How orders are chosen.
  public enum Choice: String, Sendable, CaseIterable {
    /// Windows for all pooled layers: their results are pooled in a register.
    case windows
    /// Row by row for all: strips have more zeros in common than windows on some networks.
    case rows
    /// For each pooled layer the one that takes fewer cycles on a batch, by the exact model.
    case best
  }

  /// The orders for `model` on `shape`.
  ///
  /// - Parameters:
  ///   - batch: what `.best` is judged by, with its images' maps.
  /// - Throws: `ProgramFailure` where the batch does not fit the accelerator.
  public static func orders(
    _ choice: Choice, for model: Model, on shape: AcceleratorShape, batch: Batch,
    maps: @autoclosure () -> GoldenMaps, options: Program.Options
  ) throws -> [Int: SlotOrder] {
    let pooled = model.layers.indices.filter { model.layers[$0].isPooled }
    func all(_ order: SlotOrder) -> [Int: SlotOrder] {
      Dictionary(uniqueKeysWithValues: pooled.map { ($0, order) })
    }
    switch choice {
    case .windows: return all(.windows)
    case .rows: return all(.rows)
    case .best: break
    }
    let maps = maps()
    func cycles(_ order: SlotOrder) throws -> [Int: Int] {
      let network = try NetworkImage(model, on: shape, orders: all(order), countsOnly: true)
      let program = try Program(network, batch: batch, inputs: maps.inputs[0], options: options)
      var cycles: [Int: Int] = [:]
      for (number, operation) in program.operations.enumerated()
      where operation.operation == .layer && pooled.contains(operation.layer!) {
        cycles[operation.layer!, default: 0] += try program.exactCounts(number, maps)("cycle.total")
      }
      return cycles
    }
    let (windows, rows) = (try cycles(.windows), try cycles(.rows))
    return Dictionary(
      uniqueKeysWithValues: pooled.map { ($0, rows[$0]! < windows[$0]! ? .rows : .windows) })
  }
}
