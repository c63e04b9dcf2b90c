import Cosimulation
import Foundation
import Programs

/// What a cross-validation prints.
struct CrossValidationSummary {
  private let plan: AcceleratorPlan
  private let validation: CrossValidation

  init(_ plan: AcceleratorPlan, _ validation: CrossValidation) {
    self.plan = plan
    self.validation = validation
  }

  /// Events with a column of their own; the other ones share one.
  private static let events = [
    "cycle.total", "act.beat", "mac.active", "mac.gated", "mac.skipped", "weight.word",
  ]

  var text: String {
    ([heading] + validation.models.map(table) + [reason]).joined(separator: "\n\n")
  }

  private var heading: String {
    let s = plan.shape
    return """
      \(s.rows)x\(s.columns), \(s.banks) banks, skip \(plan.request.skips ? "on" : "off"); \
      \(plan.model.mode == .mime ? "MIME" : "conventional"), \(plan.request.run.mode.rawValue) tasks, \
      \(plan.batches.count) batches
      error of the statistical model; the reference: \(validation.reference.provenance.rawValue)
      """
  }

  private func table(_ model: (assumption: ZeroAssumption, counts: RunCounts)) -> String {
    var table = Table(
      header: [model.assumption.rawValue, "cycles"] + Self.events + ["others, largest"])
    var rows = validation.differences(model.counts).map { layer, events in
      let byName = Dictionary(uniqueKeysWithValues: events.map { ($0.event, $0) })
      let others = events.filter {
        !Self.events.contains($0.event) && !CrossValidation.nonlinear.contains($0.event)
      }
      // What should be nothing has no relative error.
      let largest = others.max { abs($0.error ?? 1e-9) < abs($1.error ?? 1e-9) }!
      return [layer, grouped(byName["cycle.total"]!.actual)]
        + Self.events.map { percentage(byName[$0]!.error) }
        + [largest.error == 0 ? "equal" : "\(largest.event) \(percentage(largest.error))"]
    }
    table.footer = [rows.removeLast()]
    table.rows = rows
    return table.text
  }

  private func percentage(_ error: Double?) -> String {
    guard let error else { return "not 0" }
    return error == 0 ? "equal" : String(format: "%+.3f %%", 100 * error)
  }

  /// Why the assumptions differ, in figures of this run.
  private var reason: String {
    let zeros = zip(validation.commonZeros, validation.reference.layers)
    var (weights, single, both, largest) = (0.0, 0.0, 0.0, (name: "", correlation: -2.0))
    for (zeros, layer) in zeros {
      guard let zeros else { continue }
      let weight = Double(layer.counts.total("mac.active") + layer.counts.total("mac.gated"))
      weights += weight
      single += weight * zeros.zeroFraction
      both += weight * zeros.bothZero
      if zeros.correlation > largest.correlation { largest = (layer.name, zeros.correlation) }
    }
    guard plan.request.skips else {
      return "With skip off every step is issued: cycles and steps follow from shapes alone."
    }
    guard weights > 0 else {
      return "No tile has two rows that read the map at once: their zeros cannot be in common."
    }
    (single, both) = (single / weights, both / weights)
    let needed = validation.models.map { issued($0.counts) }
    return String(
      format: """
        Of the activations of the map %.1f %% are zero, and of pairs of neighbouring rows %.1f %% are \
        both zero (weighted by multiplications). Were zeros independent, that would be %.1f %%: their \
        covariance is %+.4f, the correlation %+.3f, at most %+.3f in layer %@. So rows have zeros in \
        common, and %.1f %% of steps are issued, not %.1f %%. The mean gives that; cycles are more than \
        the mean's where words with fewer steps than rows still take a cycle a row, which the histogram \
        shows.
        """, 100 * single, 100 * both, 100 * single * single, both - single * single,
      (both - single * single) / max(single * (1 - single), .leastNormalMagnitude),
      largest.correlation, largest.name, 100 * needed[1], 100 * needed[0])
  }

  /// Of all steps, the fraction that is issued.
  private func issued(_ run: RunCounts) -> Double {
    let (issued, skipped) = run.layers.reduce((0, 0)) {
      ($0.0 + $1.counts.total("act.beat"), $0.1 + $1.counts.total("step.skipped"))
    }
    return Double(issued) / Double(issued + skipped)
  }

  private struct Event: Encodable {
    let model, actual: Int
    let errorFraction: Double?
  }

  private struct Layer: Encodable {
    let name: String
    let events: [String: Event]
  }

  private struct Model: Encodable {
    let assumption: String
    let layers: [Layer]
  }

  private struct CommonZeros: Encodable {
    let layer: String
    let zeroFraction, neighboursZeroFraction, covariance, correlation: Double
  }

  private struct Report: Encodable {
    let schema = "mimegen-crossvalidation/1"
    let reference: String
    let parameters: [String: Int]
    let skip: Bool
    let models: [Model]
    let commonZeros: [CommonZeros]
  }

  func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let report = Report(
      reference: validation.reference.provenance.rawValue, parameters: plan.shape.parameters,
      skip: plan.request.skips,
      models: validation.models.map { assumption, counts in
        Model(
          assumption: assumption.rawValue,
          layers: validation.differences(counts).map { layer, events in
            Layer(
              name: layer,
              events: Dictionary(
                uniqueKeysWithValues: events.map {
                  ($0.event, Event(model: $0.model, actual: $0.actual, errorFraction: $0.error))
                }))
          })
      },
      commonZeros: zip(validation.commonZeros, validation.reference.layers).compactMap {
        zeros, layer in
        zeros.map {
          CommonZeros(
            layer: layer.name, zeroFraction: $0.zeroFraction,
            neighboursZeroFraction: $0.bothZero, covariance: $0.covariance,
            correlation: $0.correlation)
        }
      })
    var data = try encoder.encode(report)
    data.append(UInt8(ascii: "\n"))
    return data
  }
}
