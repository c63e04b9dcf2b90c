import Golden
import Networks

/// A network and images in which everything rare happens: sums equal to their thresholds, rounding
/// ties to both sides, both clamps, the extremes of the operands, a reduction of one step and
/// images of zeros.
struct DirectedNetwork {
  let model: Model
  let images: [[Int32]]

  /// One input value; channel by channel a weight, threshold, multiplier and shift of its own.
  init(isSigned: Bool, rounding: Rounding = .halfEven) throws {
    let format = isSigned ? Format.s8 : Format.u8
    var weights: [Int32] = []
    var thresholds: [Int64] = []
    var multipliers: [UInt32] = []
    var shifts: [UInt8] = []
    let low: Int64 = isSigned ? -200_000 : 0
    for weight in [1, -1, 3, 127, -128] as [Int32] {
      for threshold in [low, 1, 3, 127 * 127] as [Int64] {
        for (multiplier, shift) in [(1, 0), (1, 1), (3, 2), (65535, 16), (1, 63)]
          as [(UInt32, UInt8)]
        {
          weights.append(weight)
          thresholds.append(threshold)
          multipliers.append(multiplier)
          shifts.append(shift)
        }
      }
    }
    let outputs = weights.count
    let hidden = LayerParameters(
      weights: weights, bias: Array(repeating: 0, count: outputs), multipliers: multipliers,
      shifts: shifts, thresholds: thresholds)
    let head = LayerParameters(
      weights: (0..<2 * outputs).map { Int32($0 % 5) - 2 }, bias: [7, -7])
    model = try Model(
      layers: [.fullyConnected("fc1", inputs: 1, outputs: outputs)],
      heads: [.fullyConnected("head", inputs: outputs, outputs: 2)], tasks: ["rare"], mode: .mime,
      input: format, activation: format, clamp: format.usualClamp, rounding: rounding,
      parameters: [[hidden, head]], hasThresholds: [true])
    let values: [Int32] =
      isSigned
      ? [0, 1, 2, 3, 5, 6, 7, 127, -1, -2, -3, -5, -6, -7, -127, -128]
      : [0, 1, 2, 3, 5, 6, 7, 10, 126, 127, 128, 254, 255, 13, 14, 15]
    images = values.map { [$0] }
  }

  /// How often each rare thing happens, by the definition of each.
  var occurrences: [String: Int] {
    let layer = model.parameters(ofLayer: 0, task: 0)
    var counts = [
      "threshold tie": 0, "tie to even": 0, "tie to odd": 0, "clamped high": 0, "clamped low": 0,
      "zero": 0,
    ]
    for image in images {
      for channel in layer.weights.indices {
        let y = Int64(image[0]) * Int64(layer.weights[channel])
        if y == layer.thresholds[channel] { counts["threshold tie"]! += 1 }
        guard y >= layer.thresholds[channel] else { continue }
        let product = y * Int64(layer.multipliers[channel])
        let shift = Int64(layer.shifts[channel])
        let floor = product >> shift
        if shift > 0, product - floor << shift == 1 << (shift - 1) {
          counts[floor & 1 == 0 ? "tie to even" : "tie to odd"]! += 1
        }
        if floor > Int64(model.clamp.upperBound) { counts["clamped high"]! += 1 }
        if floor < Int64(model.clamp.lowerBound) - 1 { counts["clamped low"]! += 1 }
        if product == 0 { counts["zero"]! += 1 }
      }
    }
    return counts
  }
}
