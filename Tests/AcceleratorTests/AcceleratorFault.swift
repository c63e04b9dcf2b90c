import HDL
import Machine
import Testing
import Verilated

/// A fault in the accelerator's Verilog, by name: a text that stands once in one module, replaced.
struct AcceleratorFault: Sendable, CustomTestStringConvertible {
  let name: String
  /// The module's name, `mime_` left out.
  let module: String
  let original: String
  let replacement: String
  var testDescription: String { name }

  /// The Verilog with the fault in it, or nil if the text does not stand there once.
  var sources: VerilogSources? {
    var isPlanted = false
    let files = Machine.accelerator.verilogFiles().map { file -> VerilogFile in
      let parts = file.text.components(separatedBy: original)
      guard file.name == "mime_\(module).v", parts.count == 2 else { return file }
      isPlanted = true
      return VerilogFile(name: file.name, text: parts.joined(separator: replacement))
    }
    return isPlanted ? VerilogSources(files) : nil
  }

  static let all = [
    AcceleratorFault(
      name: "the pool compares signed activations as unsigned", module: "write_back",
      original: "wire pool_flip = is_signed", replacement: "wire pool_flip = 1'b0"),
    AcceleratorFault(
      name: "an odd row's pool takes the lesser", module: "write_back",
      original: "is_less = merge_left > merge_right",
      replacement: "is_less = merge_left < merge_right"),
    AcceleratorFault(
      name: "an odd row is pooled with the first word of the row before", module: "write_back",
      original: "read_address <= address;", replacement: "read_address <= row_base;"),
    AcceleratorFault(
      name: "an odd last row is pooled alone", module: "write_back",
      original: "(odd_row || !last_row)", replacement: "1'b1"),
    AcceleratorFault(
      name: "the last channel's nonzero bit is lost", module: "write_back",
      original: "write_nonzero[c] = |result",
      replacement: "write_nonzero[c] = |result && c != COLS - 1"
    ),
    AcceleratorFault(
      name: "a ring's reader wraps one line late", module: "ring",
      original: "(address_sum >= LINES[LEVEL_WIDTH:0])",
      replacement: "(address_sum > LINES[LEVEL_WIDTH:0])"),
    AcceleratorFault(
      name: "the rest of a block that has ended is kept", module: "ring",
      original: "drops <= ends && !rest_is_there", replacement: "drops <= 1'd0"),
    AcceleratorFault(
      name: "padding begins one row late", module: "feeder",
      original: "(y < {{2{1'b0}}, height})", replacement: "(y <= {{2{1'b0}}, height})"),
    AcceleratorFault(
      name: "steps are skipped that a row before the last needs", module: "feeder",
      original: "comes_first ? row_nonzero : (gathered | row_nonzero)",
      replacement: "row_nonzero"),
    AcceleratorFault(
      name: "thresholds go on at an image's end", module: "threshold_feed",
      original: "(taken && is_live) ? (is_last_position ? {INDEX_WIDTH{1'b0}} :",
      replacement: "(taken && is_live) ? (1'b0 ? {INDEX_WIDTH{1'b0}} :"),
    AcceleratorFault(
      name: "a row has the task of the run after", module: "threshold_feed",
      original: "slot_task = run_task", replacement: "slot_task = run_task + 1'b1"),
    AcceleratorFault(
      name: "columns past the last one multiply", module: "accelerator",
      original: "COLUMN[COLS_WIDTH - 1:0] < last_columns",
      replacement: "COLUMN[COLS_WIDTH - 1:0] <= last_columns"),
    AcceleratorFault(
      name: "every column block has the first one's thresholds", module: "run_requests",
      original: "ahead <= ahead + step", replacement: "ahead <= ahead"),
    AcceleratorFault(
      name: "weights are streamed once too often", module: "block_requests",
      original: "times_left} == 1", replacement: "times_left} == 0"),
    AcceleratorFault(
      name: "an operation's start is one of its cycles", module: "buffer_counters",
      original: "running_now <= running;", replacement: "running_now <= running || clear;"),
  ]
}
