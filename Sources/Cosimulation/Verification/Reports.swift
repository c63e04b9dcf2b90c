import Energy
import Foundation
import Golden
import Machine
import Mapping

/// The files that a verification leaves: the same bytes for the same inputs, on any day and machine.
public struct Reports {
  private let plan: VerificationPlan
  private let result: VerificationResult

  public init(_ plan: VerificationPlan, _ result: VerificationResult) {
    self.plan = plan
    self.result = result
  }

  // MARK: report.json

  /// What ran and what came out, task by task and layer by layer.
  public func report() throws -> Data {
    try Self.encode(
      Report(
        mimegen: Machine.version, configHash: Machine.configurationHashText,
        parameters: Dictionary(
          uniqueKeysWithValues: plan.parameters.verilogParameters.map { ($0.name, $0.value) }),
        mode: plan.request.mode.rawValue, batches: plan.batches.count,
        stallProbability: plan.request.stallProbability,
        tasks: result.tasks.map { task in
          Report.Task(
            name: task.outcome.name, images: task.outcome.images, correct: task.outcome.correct,
            macs: result.sum(.macActive, .macGated, task: task.number),
            gated: result.sum(.macGated, task: task.number),
            mismatches: task.outcome.mismatches,
            energy: energy.tasks[task.number])
        },
        layers: result.layers.map { layer in
          Report.Layer(
            name: layer.name, cycles: layer.counted.total(.cycleTotal),
            steps: layer.counted.total(.actBeat), macs: layer.denseMACs.reduce(0, +),
            gated: layer.counted.total(.macGated))
        },
        cycles: result.cycles, compared: result.compared,
        eventDifferences: result.eventDifferences, energy: energy.total,
        failure: result.failure?.description))
  }

  private struct Report: Encodable {
    struct Task: Encodable {
      let name: String
      let images: Int
      let correct: Int?
      let macs, gated, mismatches, energy: Int
    }
    struct Layer: Encodable {
      let name: String
      let cycles, steps, macs, gated: Int
    }
    let mimegen, configHash: String
    let parameters: [String: Int]
    let mode: String
    let batches: Int
    let stallProbability: Double
    let tasks: [Task]
    let layers: [Layer]
    let cycles, compared, eventDifferences, energy: Int
    let failure: String?
  }

  // MARK: events

  /// Every count, of the core and of the exact model, per layer and task.
  public func eventsJSON() throws -> Data {
    try Self.encode(eventLines())
  }

  /// The same as comma-separated values.
  public func eventsCSV() -> Data {
    let lines = eventLines().map {
      "\($0.layer),\($0.task ?? ""),\($0.event),\($0.rtl),\($0.model)\n"
    }
    return Data(("layer,task,event,rtl,model\n" + lines.joined()).utf8)
  }

  private struct EventLine: Encodable {
    let layer: String
    let task: String?
    let event: String
    let rtl, model: Int
  }

  private func eventLines() -> [EventLine] {
    result.layers.flatMap { layer in
      zip(layer.counted.rows, layer.exact.rows).compactMap { counted, exact in
        let isShown = counted.task.map { task in result.tasks.contains { $0.number == task } }
        guard isShown ?? true else { return nil }
        return EventLine(
          layer: layer.name, task: counted.task.map { plan.model.tasks[$0] },
          event: counted.event.rawValue, rtl: counted.count, model: exact.count)
      }
    }
  }

  // MARK: energy.json

  /// Energy of the counts of the core, and of those of the exact model, line by line.
  public func energyJSON() throws -> Data {
    let model = energyModel
    let lines = result.layers.flatMap { layer in
      zip(
        model.report(events: layer.counted, traffic: layer.traffic).lines,
        model.report(events: layer.exact, traffic: layer.traffic).lines
      ).compactMap { counted, exact -> EnergyFile.Line? in
        guard counted.count != 0 || exact.count != 0 else { return nil }
        return EnergyFile.Line(
          layer: layer.name, task: counted.task.map { plan.model.tasks[$0] },
          quantity: counted.charge.quantity.description,
          component: counted.charge.component.rawValue, multiplicity: counted.charge.multiplicity,
          count: counted.count, rtl: counted.energy, model: exact.energy)
      }
    }
    return try Self.encode(
      EnergyFile(
        costs: model.costs.costs.map {
          EnergyFile.Cost(component: $0.component.rawValue, cost: $0.cost, source: $0.source)
        },
        table: model.costs.name, unit: model.costs.unit, lines: lines,
        rtl: lines.reduce(0) { $0 + $1.rtl }, model: lines.reduce(0) { $0 + $1.model }))
  }

  private struct EnergyFile: Encodable {
    struct Cost: Encodable {
      let component: String
      let cost: Int
      let source: String
    }
    struct Line: Encodable {
      let layer: String
      let task: String?
      let quantity, component: String
      let multiplicity, count, rtl, model: Int
    }
    let costs: [Cost]
    let table, unit: String
    let lines: [Line]
    let rtl, model: Int
  }

  // MARK: Sums

  /// Energy of the core's counts and of the model's: in all, of each task of the model by itself,
  /// and of what the tasks of a batch share.
  public struct EnergySums: Sendable, Equatable {
    public var total = 0
    public var modelTotal = 0
    public var shared = 0
    public var tasks: [Int]
  }

  public var energy: EnergySums {
    let model = energyModel
    var sums = EnergySums(tasks: plan.model.tasks.map { _ in 0 })
    for layer in result.layers {
      let counted = model.report(events: layer.counted, traffic: layer.traffic)
      sums.total += counted.total
      sums.shared += counted.shared
      sums.modelTotal += model.report(events: layer.exact, traffic: layer.traffic).total
      for task in sums.tasks.indices { sums.tasks[task] += counted.energy(ofTask: task) }
    }
    return sums
  }

  private var energyModel: CoreEnergyModel {
    CoreEnergyModel(
      storesThresholds: plan.model.tasks.indices.map { plan.model.hasThresholds(task: $0) })
  }

  private static func encode(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value) + Data("\n".utf8)
  }
}

extension VerificationResult {
  /// The core's counts of some events of a task, over all layers.
  public func sum(_ events: Event..., task: Int) -> Int {
    layers.reduce(0) { sum, layer in
      events.reduce(sum) { $0 + layer.counted[$1, task: task] }
    }
  }
}
