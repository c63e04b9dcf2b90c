import Networks

extension QuantizationOptions {
  /// The range of a layer's activations, from 0 to what is kept without clamping; 0 where no activation
  /// was seen.
  ///
  /// - Parameter histograms: of the tasks whose activations have one scale.
  func range(of histograms: [ActivationHistogram], levels: Int) -> Double {
    let maximum = Double(histograms.map(\.maximum).max() ?? 0)
    switch range {
    case .maximum:
      return maximum
    case .percentile(let percent):
      return Double(histograms.map { $0.percentile(percent) }.max() ?? 0)
    case .trained, .leastSquares:
      guard maximum > 0 else { return 0 }
      var all = ActivationHistogram()
      for histogram in histograms { all.add(histogram) }
      let values = all.bins
      // Fine enough that a neighbour's error hardly differs; a thirtieth of the largest value is far
      // below what is ever best.
      let candidates = (0...136).map { maximum / Self.power(1.025, $0) }
      return Self.best(candidates) {
        Self.squaredError(values, step: $0 / Double(levels), levels: Double(levels))
      }
    }
  }

  /// The first candidate of the least error.
  static func best<Candidate>(_ candidates: [Candidate], error: (Candidate) -> Double) -> Candidate
  {
    var best = (candidate: candidates[0], error: error(candidates[0]))
    for candidate in candidates.dropFirst() {
      let own = error(candidate)
      if own < best.error { best = (candidate, own) }
    }
    return best.candidate
  }

  /// The sum of squared errors of rounding to multiples of `step`, at most `levels` of them.
  static func squaredError(
    _ values: [(value: Double, count: Double)], step: Double, levels: Double
  ) -> Double {
    values.reduce(0) { sum, entry in
      let rounded = min((entry.value / step).rounded(.toNearestOrEven), levels) * step
      return sum + entry.count * (entry.value - rounded) * (entry.value - rounded)
    }
  }

  private static func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }
}
