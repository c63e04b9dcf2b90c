import Foundation
import Machine
import Testing

/// A fault in the emitted Verilog, by name: a text that stands once in one file, replaced.
struct PlantedFault: Sendable, CustomTestStringConvertible {
  /// How the verification must end.
  enum Catch: String, Sendable { case mismatch, disorder, events, handshake, simulation }

  let name: String
  let file: String
  let original: String
  let replacement: String
  /// How it is caught; several where it depends on the data which comes first.
  let caught: [Catch]
  var stallProbability = 0.0
  var isSigned = false
  /// Needs what trained networks hardly ever reach: rounding ties.
  var isDirected = false
  var testDescription: String { name }

  /// The generated files with the fault in them, or nil if the text does not stand there once.
  var files: [CoreFiles.File]? {
    guard let files = try? CoreFiles(defaults: [:]).all else { return nil }
    var isPlanted = false
    let edited = files.map { file -> CoreFiles.File in
      let parts = file.text.components(separatedBy: original)
      guard file.name == self.file, parts.count == 2 else { return file }
      isPlanted = true
      return CoreFiles.File(name: file.name, text: parts.joined(separator: replacement))
    }
    return isPlanted ? edited : nil
  }

  static let all = [
    PlantedFault(
      name: "an element multiplies by zero instead of gating", file: "mime_pe.v",
      original: "nonzero_in && live_in", replacement: "live_in",
      caught: [.events]),
    PlantedFault(
      name: "the accumulator is not cleared by the first token", file: "mime_pe.v",
      original: "base = first_out ? {ACC_WIDTH{1'b0}} : accumulator",
      replacement: "base = accumulator",
      caught: [.mismatch]),
    PlantedFault(
      name: "a gated first step does not clear the accumulator", file: "mime_pe.v",
      original: "(active || first_out) ? sum", replacement: "active ? sum",
      caught: [.mismatch]),
    PlantedFault(
      name: "dead columns multiply too", file: "mime_pe.v",
      original: "nonzero_in && live_in", replacement: "nonzero_in",
      caught: [.events]),
    PlantedFault(
      name: "weights enter unsigned", file: "mime_pe.v",
      original: "{{OPERAND_WIDTH{multiplier[WEIGHT_WIDTH - 1]}}, multiplier}",
      replacement: "{{OPERAND_WIDTH{1'b0}}, multiplier}", caught: [.mismatch]),
    PlantedFault(
      name: "the sign of activations is lost", file: "mime_core.v",
      original: "layer_signed && act_data[", replacement: "1'b0 && act_data[", caught: [.mismatch],
      isSigned: true),
    PlantedFault(
      name: "rows are skewed by one cycle too many", file: "mime_array.v", original: ".DEPTH(r)",
      replacement: ".DEPTH(r + 1)", caught: [.mismatch]),
    PlantedFault(
      name: "the drain chain does not shift", file: "mime_drain.v", original: "above << 1'd1",
      replacement: "above << 1'd0", caught: [.mismatch, .disorder, .simulation]),
    PlantedFault(
      name: "a tile may end while the drain is busy", file: "mime_drain.v",
      original: "assign may_end = wait_slots == {SLOT_WIDTH{1'b0}}",
      replacement: "assign may_end = 1'b1", caught: [.mismatch, .disorder, .simulation]),
    PlantedFault(
      name: "no tile after the first may end", file: "mime_drain.v",
      original: "wait_slots <= wait_slots - {{(SLOT_WIDTH - 1){1'b0}}, 1'b1}",
      replacement: "wait_slots <= wait_slots", caught: [.simulation]),
    PlantedFault(
      name: "a lane gets the neighbour's column", file: "mime_array.v",
      original: "drained[(l * GROUPS + g)", replacement: "drained[(l * GROUPS + (g & 2))",
      caught: [.mismatch, .events]),
    PlantedFault(
      name: "rows after the first have another row's bias", file: "mime_core.v",
      original: "slot_first_row ? channel_bias : bias_memory[slot_group]",
      replacement: "slot_first_row ? channel_bias : bias_memory[0]", caught: [.mismatch]),
    PlantedFault(
      name: "a tie with the threshold does not pass", file: "mime_lane.v",
      original: "(y1 >= threshold1)", replacement: "(y1 > threshold1)", caught: [.mismatch]),
    PlantedFault(
      name: "thresholds compare unsigned", file: "mime_lane.v", original: "(y1 >= threshold1)",
      replacement: "($unsigned(y1) >= $unsigned(threshold1))", caught: [.mismatch]),
    PlantedFault(
      name: "ties round up instead of to even", file: "mime_lane.v",
      original: "(tie && floor[0])", replacement: "tie", caught: [.mismatch],
      isDirected: true),
    PlantedFault(
      name: "the upper clamp is missing", file: "mime_lane.v",
      original: "is_high ? clamp_high[ACT_WIDTH - 1:0] : rounded[ACT_WIDTH - 1:0]",
      replacement: "rounded[ACT_WIDTH - 1:0]", caught: [.mismatch]),
    PlantedFault(
      name: "a masked activation leaves", file: "mime_lane.v",
      original: "(mask3 && !raw) ? clamped", replacement: "(!raw) ? clamped", caught: [.mismatch]),
    PlantedFault(
      name: "the nonzero bit looks at the sum", file: "mime_lane.v",
      original: "result_nonzero <= |act", replacement: "result_nonzero <= |y3", caught: [.mismatch]),
    PlantedFault(
      name: "results carry the task of the slot before", file: "mime_core.v",
      original: "tagged3 = {live3, task3, last3}",
      replacement: "tagged3 = {live3, task2, last3}", caught: [.disorder]),
    PlantedFault(
      name: "a result that is not taken is lost", file: "mime_core.v",
      original: "stall_result = result_valid && !result_ready", replacement: "stall_result = 1'b0",
      caught: [.disorder, .handshake, .simulation, .mismatch], stallProbability: 0.4),
    PlantedFault(
      name: "a result taken while frozen is offered again", file: "mime_core.v",
      original: "end else if (result_ready) begin", replacement: "end else if (1'b0) begin",
      caught: [.disorder, .mismatch, .handshake, .simulation], stallProbability: 0.4),
    PlantedFault(
      name: "drain slots do not wait for channel beats", file: "mime_core.v",
      original: "(threshold_valid && (!slot_first_row || channel_valid))",
      replacement: "threshold_valid", caught: [.mismatch, .handshake, .disorder, .simulation],
      stallProbability: 0.4),
    PlantedFault(
      name: "gated multiplications are counted for dead lanes", file: "mime_counters.v",
      original: "lane_live_now <= lane_live", replacement: "lane_live_now <= {LANES{1'b1}}",
      caught: [.events]),
    PlantedFault(
      name: "cycles lost to the drain count as waiting for operands", file: "mime_counters.v",
      original: "cycle_stall_operand_now <= waits && !offered",
      replacement: "cycle_stall_operand_now <= waits", caught: [.events]),
    PlantedFault(
      name: "an activation forgets the multiplications before the last element", file: "mime_pe.v",
      original: "macs_so_far <= macs_in +", replacement: "macs_so_far <=", caught: [.events]),
    PlantedFault(
      name: "counts of two tasks share a memory word", file: "mime_counters.v",
      original: "mac_gated[slot_task_now] <=", replacement: "mac_gated[0] <=",
      caught: [.events]),
    PlantedFault(
      name: "the slot counter is not reset", file: "mime_drain.v",
      original: "slot_row <= {ROW_WIDTH{1'b0}};\n        end else if (advance)",
      replacement: "slot_row <= slot_row;\n        end else if (advance)",
      caught: [.mismatch, .disorder, .handshake, .simulation, .events]),
  ]
}
