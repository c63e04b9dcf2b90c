import Components
import Formal
import HDL
import Machine

/// The parameterized Verilog is the elaborated module, which the simulator runs.
extension ProofCatalog {
  static let equivalence: [Proof] =
    equivalences(
      machine("mime_pe"),
      [
        ["OPERAND_WIDTH": 3, "WEIGHT_WIDTH": 2, "ACC_WIDTH": 6],
        ["OPERAND_WIDTH": 5, "WEIGHT_WIDTH": 4, "ACC_WIDTH": 11, "COUNT_EVENTS": 0],
      ],
      fault: ("unsigned sums", "active ? (base", "!active ? (base"))
    + equivalences(
      machine("mime_lane"),
      (0...4).flatMap { rounding in
        [0, 3].map {
          ["ACT_WIDTH": 3, "ACC_WIDTH": 6, "MULT_WIDTH": $0, "ROUNDING": rounding]
        }
      }, fault: ("a tie is masked", "y1 >= threshold1", "y1 > threshold1"))
    + equivalences(
      machine("mime_drain"),
      [["ROWS": 3, "COLS": 5, "LANES": 2], ["ROWS": 1, "COLS": 1], ["ROWS": 4, "COLS": 3]],
      fault: ("a slot less", "wait_slots <= LAST_SLOT", "wait_slots <= 1'b0 & LAST_SLOT"))
    + equivalences(
      machine("mime_delay"), [["WIDTH": 3, "DEPTH": 0], ["WIDTH": 3, "DEPTH": 4]],
      fault: ("a stage that holds", "data <= line.stage", "data <= ~line.stage"), faultAt: 1)
    + equivalences(
      machine("mime_token_delay"), [["WIDTH": 2, "DEPTH": 0], ["WIDTH": 2, "DEPTH": 3]],
      fault: ("no reset", "if (rst)", "if (1'b0)"), faultAt: 1)
    + equivalences(
      machine("mime_row_tally"),
      [["AMOUNT_WIDTH": 1, "WIDTH": 5], ["AMOUNT_WIDTH": 3, "WIDTH": 3]],
      fault: ("two tiles in one", "first ?", "!first ?"))
    + equivalences(
      machine("mime_counters"),
      [
        ["ROWS": 2, "COLS": 3, "LANES": 2, "TASK_WIDTH": 1, "COUNT_WIDTH": 4],
        ["ROWS": 1, "COLS": 1, "TASK_WIDTH": 1, "COUNT_WIDTH": 5],
      ], fault: ("gated ones leave", "mac_gated_before + ", "mac_gated_before - "), faultAt: 1)
    + equivalences(
      machine("mime_array"),
      [
        ["ROWS": 2, "COLS": 3, "OPERAND_WIDTH": 3, "WEIGHT_WIDTH": 2, "ACC_WIDTH": 5],
        [
          "ROWS": 2, "COLS": 3, "LANES": 2, "OPERAND_WIDTH": 3, "WEIGHT_WIDTH": 2, "ACC_WIDTH": 5,
          "COUNT_EVENTS": 0,
        ],
        ["ROWS": 1, "COLS": 1, "OPERAND_WIDTH": 3, "WEIGHT_WIDTH": 2, "ACC_WIDTH": 5],
      ], fault: ("the weight of the column itself", "row[r - 1].col[c].weight_out", "weight_out"))
    + equivalences(
      machine("mime_core"),
      [
        [
          "ROWS": 1, "COLS": 2, "LANES": 1, "ACT_WIDTH": 2, "WEIGHT_WIDTH": 2, "ACC_WIDTH": 5,
          "MULT_WIDTH": 2, "TASK_WIDTH": 1, "COUNT_WIDTH": 4, "ACT_SIGNED": 1,
        ],
        [
          "ROWS": 2, "COLS": 1, "ACT_WIDTH": 2, "WEIGHT_WIDTH": 2, "ACC_WIDTH": 5,
          "MULT_WIDTH": 0, "TASK_WIDTH": 1, "COUNT_WIDTH": 4, "COUNT_EVENTS": 0,
        ],
      ], fault: ("a step without weights", "act_valid && weight_valid", "act_valid"), faultAt: 1)
    + equivalences(
      Components.streamRegister, [["WIDTH": 1], ["WIDTH": 5]],
      fault: ("the spare is forgotten", "spare_full ? spare : in_data", "in_data"))
    + equivalences(
      Components.streamFIFO,
      [1, 2, 3, 4, 5].map { ["WIDTH": 3, "DEPTH": $0] },
      fault: ("writes at the head", "beats[tail] <=", "beats[head] <="), faultAt: 2)
    + [Components.axiReader, Components.axiWriter].flatMap { mover in
      equivalences(
        mover,
        [
          ["SIZE": 2, "ADDR_WIDTH": 16, "COUNT_WIDTH": 9, "BURST_LOG2": 2, "BURSTS": 2],
          ["SIZE": 3, "ADDR_WIDTH": 17, "COUNT_WIDTH": 10, "BURST_LOG2": 3, "BURSTS": 1],
        ], fault: ("never the last beat", "wire is_last = ", "wire is_last = 1'b0 & "))
    }

  /// A proof for each configuration; a fault is planted in one of them.
  public static func equivalences(
    _ module: Module, _ configurations: [Configuration],
    fault: (name: String, text: String, replacement: String)? = nil, faultAt place: Int = 0
  ) -> [Proof] {
    configurations.enumerated().map { number, configuration in
      let values = configuration.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      return Proof(
        "elaboration/\(module.name)/\(number)",
        "`\(module.name)` in Verilog is the elaborated module"
          + (values.isEmpty ? "." : " at \(values.joined(separator: ", "))."), module,
        at: configuration, by: .equivalence,
        faults: number == place
          ? [fault].compactMap { $0 }.map {
            Fault($0.name, in: module.name, $0.text, $0.replacement)
          }
          : [])
    }
  }
}
