import Foundation
import Networks
import Testing

@testable import Quantization

/// The quantizer's rules against scripts/quantization.py, which computes them in Python's fractions.
@Suite struct RuleTests {
  struct Rules: Decodable {
    let sums: [Sums]
    let requantizations: [Ratio]
    let thresholds: [Threshold]
    let compressions: [Compression]
  }

  struct Sums: Decodable {
    let weightWidth, activationWidth: Int
    let perChannel: Bool
    let inputScale: Double
    let weights: [[Float]]
    let bias: [Float]
    let steps: [Double]
    let quantizedWeights: [[Int32]]
    let quantizedBias: [Int64]
  }

  struct Ratio: Decodable {
    let width: Int
    let step, inputScale, activation: Double
    /// M and S; nil where there are none.
    let expected: [Int]?
  }

  struct Threshold: Decodable {
    let step, inputScale: Double
    let threshold: Float
    let up, nearest: Int64
  }

  struct Compression: Decodable {
    let width: Int
    let thresholds, compressed: [Int64]
  }

  static let rules: Rules = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("rules.json")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try! decoder.decode(Rules.self, from: Data(contentsOf: file))
  }()

  @Test func weightsAndBiases() throws {
    for (number, rule) in Self.rules.sums.enumerated() {
      let layer = Layer.fullyConnected(
        "fc", inputs: rule.weights[0].count, outputs: rule.weights.count)
      var options = QuantizationOptions()
      options.weightWidth = rule.weightWidth
      options.activationWidth = rule.activationWidth
      let sums = try QuantizedSums(
        layer, FloatParameters(weights: rule.weights.flatMap { $0 }, bias: rule.bias),
        input: Dyadic(rule.inputScale), isPerChannel: rule.perChannel, options)
      #expect(sums.scales == rule.steps.map { Dyadic($0) * Dyadic(rule.inputScale) }, "\(number)")
      #expect(sums.weights == rule.quantizedWeights.flatMap { $0 }, "\(number)")
      #expect(sums.bias == rule.quantizedBias, "\(number)")
    }
  }

  @Test func multipliersAndShifts() {
    for (number, rule) in Self.rules.requantizations.enumerated() {
      let found = Requantization(
        of: Dyadic(rule.step) * Dyadic(rule.inputScale), over: Dyadic(rule.activation),
        width: rule.width)
      #expect(
        found.map { [Int($0.multiplier), Int($0.shift)] } == rule.expected, "\(number)")
    }
  }

  @Test func thresholdsAreRoundedUp() {
    for (number, rule) in Self.rules.thresholds.enumerated() {
      let rounding = ExactRounding(Dyadic(rule.step) * Dyadic(rule.inputScale))
      #expect(rounding.up(rule.threshold) == Int128(rule.up), "\(number)")
      #expect(rounding.nearest(rule.threshold) == Int128(rule.nearest), "\(number)")
    }
  }

  @Test func compressedThresholds() {
    for (number, rule) in Self.rules.compressions.enumerated() {
      let found = ThresholdCompression.compressed(
        rule.thresholds, width: rule.width, accumulatorWidth: 48)
      #expect(found == rule.compressed, "\(number)")
      #expect(zip(found, rule.thresholds).allSatisfy { $0 >= $1 })
      #expect(zip(found, rule.thresholds).allSatisfy { $0 - $1 < 1 << (32 - rule.width + 1) })
    }
  }

  /// Numbers beyond what the vectors have: no scale or value of floating point traps.
  @Test(arguments: [
    Double.leastNonzeroMagnitude, .leastNormalMagnitude, 1e-160, 1, 1e160, .greatestFiniteMagnitude,
  ])
  func extremeScales(step: Double) {
    for other in [Double.leastNonzeroMagnitude, 1e-160, 1, .greatestFiniteMagnitude] {
      let scale = Dyadic(step) * Dyadic(other)
      let rounding = ExactRounding(scale)
      for value in [Float.leastNonzeroMagnitude, 1, .greatestFiniteMagnitude, -1, 0] {
        let up = rounding.up(value)
        #expect(value != 0 || up == 0)
        if let up, value > 0 { #expect(up >= 1) }
        if let up, value < 0 { #expect(up <= 0) }
        _ = rounding.nearest(value)
      }
      _ = Requantization(of: scale, over: Dyadic(1), width: 16)
      _ = Requantization(of: scale, over: Dyadic(step), width: 0)
    }
  }

  /// The committed rules are what the script writes.
  @Test func writtenByTheScript() throws {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("scripts/quantization.py").path
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-B", script, "--check"]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}
