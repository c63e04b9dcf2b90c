import Networks
import Testing

@testable import Energy

/// DRAM of MIME and conventional networks by hand.
@Suite struct StorageRatioTests {
  private static func network(classes: Int) throws -> NetworkShape {
    try NetworkShape(
      json: Array(
        """
        {"schema": "mimegen-network/1", "name": "n", "source": "a test", "head": "flatten",
         "tasks": [{"name": "a", "classes": \(classes)}],
         "layers": [
           {"name": "c", "kind": "conv", "cin": 2, "cout": 3, "size": 4, "pool": true},
           {"name": "f", "kind": "fc", "cin": 12, "cout": 5}]}
        """.utf8))
  }

  /// 3 x 2 x 9 + 5 x 12 = 114 weights, heads of 5 x 7 = 35, thresholds of 3 x 16 + 5 = 53.
  @Test(arguments: [1, 2, 3, 10], [(8, 8), (8, 32), (16, 8), (4, 16)])
  func isTheSumByHand(children: Int, bits: (weight: Int, threshold: Int)) throws {
    let ratio = StorageRatio(
      try Self.network(classes: 7), children: children, weightBits: bits.weight,
      thresholdBits: bits.threshold)
    #expect(ratio.weights == 114 && ratio.neurons == 53)
    var (conventional, mime) = (0, 114 * bits.weight)
    for task in 0...children {
      conventional += (114 + 35) * bits.weight
      mime += 35 * bits.weight + (task == 0 ? 0 : 53 * bits.threshold)
    }
    #expect(ratio.conventionalBits == conventional && ratio.mimeBits == mime)
    #expect(ratio.ratio == Rational(Int128(conventional), over: Int128(mime)))
    #expect(
      ratio.thresholdFraction
        == Rational(Int128(53 * bits.threshold), over: Int128(114 * bits.weight)))
  }

  /// Thresholds of the needed fraction give the ratio, exactly.
  @Test(
    arguments: ["3.48", "1", "2.5", "3.999"], [[0, 0, 0, 0], [35, 35, 35, 35], [10, 20, 7, 1]])
  func neededFractionSolvesTheEquation(wanted: String, heads: [Int]) throws {
    let wanted = try #require(Rational(decimal: wanted))
    let ratio = StorageRatio(
      weights: 114, heads: heads, neurons: 53, weightBits: 8, thresholdBits: 8)
    let fraction = try #require(ratio.neededFraction(for: wanted))
    let sum = heads.reduce(0, +)
    // (n W + heads) = wanted (W + heads + children fraction W)
    let stored = try Rational(114 + sum) + Rational(3 * 114) * fraction
    #expect(try stored * wanted == Rational(4 * 114 + sum))
  }

  @Test func neededFractionForTheAbstract() throws {
    let ratio = StorageRatio(
      weights: 1, heads: [0, 0, 0, 0], neurons: 1, weightBits: 8, thresholdBits: 8)
    // (4 / 3.48 - 1) / 3
    let needed = try #require(ratio.neededFraction(for: Rational(decimal: "3.48")!))
    #expect(needed == Rational(52, over: 1044))
    #expect(
      StorageRatio(try Self.network(classes: 7), children: 0, weightBits: 8, thresholdBits: 8)
        .neededFraction(for: needed) == nil)
  }

  @Test(arguments: NetworkShape.builtIn) func moreBitsOrFewerChildrenGiveLess(name: String) throws {
    let network = try NetworkShape.load(name)
    func ratio(_ children: Int, _ weightBits: Int, _ thresholdBits: Int) -> Double {
      StorageRatio(
        network, children: children, weightBits: weightBits, thresholdBits: thresholdBits
      ).ratio.double
    }
    for children in [1, 3, 7] {
      for weightBits in [4, 8, 16] {
        for thresholdBits in 4..<33 {
          let own = ratio(children, weightBits, thresholdBits)
          #expect(ratio(children, weightBits, thresholdBits + 1) < own)
          #expect(ratio(children, weightBits + 1, thresholdBits) > own)
          #expect(own < Double(children + 1))
        }
      }
    }
  }
}
