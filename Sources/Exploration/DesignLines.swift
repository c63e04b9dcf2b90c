import Energy
import Foundation
import Machine
import Mapping
import Networks
import Verilated

/// Designs as lines of JSON: one object a line, with the unit and the cost table in the name of the energy.
public struct DesignLines: Sendable {
  private let space: DesignSpace
  private let constants: String
  /// The name of the energy's member.
  public let energyName: String
  private let energyMember: String

  /// The lines of what `explorer` finds.
  public init(_ explorer: Explorer) {
    let setting = explorer.setting
    space = explorer.space
    energyName = "energy_\(setting.table.unit)_\(setting.table.name)"
    energyMember = Self.quoted(energyName)
    constants = [
      ("network", Self.quoted(setting.network.name)),
      ("images", "\(setting.tasks.count * setting.imagesPerTask)"),
      ("gating", setting.gates ? "\"on\"" : "\"off\""), ("counts", "\"statistical model\""),
      ("zeros", Self.quoted(setting.zeros)),
      ("inputs", Self.quoted(Self.fingerprint(explorer))),
    ].map { "\"\($0)\":\($1)" }.joined(separator: ",")
  }

  /// The line of a design, without its end.
  public func line(_ point: DesignPoint) -> String {
    let d = point.design
    let reasons = point.modelOnlyReasons.map(Self.quoted).joined(separator: ",")
    return """
      {"design":\(point.number),"rows":\(d.rows),"cols":\(d.columns),"feed_banks":\(d.banks),\
      "mode":"\(d.mode.rawValue)","skip":"\(d.skips ? "on" : "off")","axi_data_width":\(d.busWidth),\
      "act_buffer_kb":\(d.actBufferKB),"weight_buffer_kb":\(d.weightBufferKB),\
      "threshold_buffer_kb":\(d.thresholdBufferKB),"cycles":\(point.cycles),\
      "dram_beats":\(point.memoryBeats),\(energyMember):\(Millionths.text(point.energy)),"buffer_bits":\(d.bufferBits),\
      "utilization_fraction":\(Millionths.text(Int128(point.utilization))),\
      "activations_fit":\(point.fits),"model_only":[\(reasons)],\(constants)}
      """
  }

  /// The design of a line, if it is the line of design `number`; else nil.
  public func point(_ line: Data, number: Int) -> DesignPoint? {
    guard number < space.count, let json = try? JSONReader(parsing: line),
      let cycles = try? json["cycles"].integer(0...Int.max),
      let beats = try? json["dram_beats"].integer(0...Int.max),
      let fits = try? json["activations_fit"].boolean(absent: false),
      let energy = (try? json[energyName].digits()).flatMap(Millionths.parse),
      let utilization = (try? json["utilization_fraction"].digits()).flatMap(Millionths.parse),
      utilization <= 1 << 62,
      let reasons = try? json["model_only"].elements().map({ try $0.string() })
    else { return nil }
    let point = DesignPoint(
      number: number, design: space[number], cycles: cycles, energy: energy, memoryBeats: beats,
      utilization: Int(utilization), fits: fits, modelOnlyReasons: reasons)
    return Data(self.line(point).utf8) == line ? point : nil
  }

  /// Sixteen digits that differ where anything differs that a result depends on.
  private static func fingerprint(_ explorer: Explorer) -> String {
    let (setting, axes) = (explorer.setting, explorer.space.axes)
    let table = setting.table
    let prices = Action.allCases.map { "\($0.rawValue) \(table[$0])" }
    let fields =
      [
        Machine.version, Machine.configurationHashText, "\(axes)", "\(setting.network)",
        "\(setting.sparsity)", setting.zeros, "\(setting.base)", "\(setting.tasks)",
        "\(setting.imagesPerTask)", "\(String(describing: setting.batchSize))", table.name,
        table.unit, "\(setting.gates)",
      ] + prices
    var fingerprint = Fingerprint()
    for field in fields { fingerprint.add(field.utf8) }
    return fingerprint.text
  }

  private static func quoted(_ text: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return String(decoding: (try? encoder.encode(text)) ?? Data("\"\"".utf8), as: UTF8.self)
  }
}
