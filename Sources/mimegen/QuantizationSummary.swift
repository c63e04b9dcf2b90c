import Foundation
import Networks
import Quantization

/// What `mimegen quantize` prints.
struct QuantizationSummary {
  private let network: QuantizedNetwork
  private let calibration: Calibration

  init(_ network: QuantizedNetwork, _ calibration: Calibration) {
    self.network = network
    self.calibration = calibration
  }

  var text: String {
    let model = network.model
    let mode = model.mode == .mime ? "MIME" : "conventional"
    let multipliers =
      model.multiplierWidth == 0 ? "shifts alone" : "multipliers of \(model.multiplierWidth) bits"
    return """
      \(mode), \(model.tasks.count) tasks: \(model.input) images, \(model.activation) activations, weights of \
      \(model.weightWidth) bits, \(multipliers), \(model.rounding.rawValue)

      \(table.text)

      Every accumulator and threshold fits \(model.accumulatorWidth) bits, for every input.
      """
  }

  private var table: Table {
    var table = Table(header: ["layer", "range", "largest", "shifts", "accumulator"])
    let model = network.model
    for (index, layer) in model.layers.enumerated() {
      let steps = network.scales.map { $0[index].activations! }
      let largest = calibration.histograms.map { $0[index].maximum }.max()!
      let shifts = model.tasks.indices.flatMap {
        model.parameters(ofLayer: index, task: $0).shifts
      }
      table.rows.append([
        layer.name, format(steps.max()! * Double(model.clamp.upperBound)), format(Double(largest)),
        "\(shifts.min()!)-\(shifts.max()!)",
        "\(model.accumulatorBound(ofLayer: index).width) bits",
      ])
    }
    table.rows.append([
      "head", "-", "-", "-", "\(model.accumulatorBound(ofLayer: model.layers.count).width) bits",
    ])
    return table
  }

  private func format(_ value: Double) -> String { String(format: "%.4g", value) }
}
