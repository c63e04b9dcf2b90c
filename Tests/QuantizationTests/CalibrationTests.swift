import Networks
import Testing

@testable import Quantization

@Suite struct CalibrationTests {
  /// The percentile of the sorted values, to the width of a bin.
  @Test(arguments: [0.01, 10, 50, 99, 99.99, 100]) func percentiles(percent: Double) {
    var histogram = ActivationHistogram()
    let values: [Float] = (0..<1000).map { index in
      let scale: Float = index % 2 == 0 ? 0.37 : -1.9e-6
      return index % 4 == 0 ? 0 : Float(index * index % 977 + 1) * scale
    }
    histogram.add(values)
    let sorted = values.filter { $0 != 0 }.map(\.magnitude).sorted()
    #expect(histogram.count == sorted.count && histogram.maximum == sorted.last)
    let place = max(1, (Double(sorted.count) * percent / 100).rounded(.up))
    let exact = sorted[Int(place) - 1]
    let found = histogram.percentile(percent)
    #expect(found >= exact && found <= exact * (1 + 0x1p-11))
  }

  @Test func nothingSeen() {
    var histogram = ActivationHistogram()
    histogram.add([0, 0, -0.0])
    #expect(histogram.count == 0 && histogram.percentile(99) == 0)
    for range in [QuantizationOptions.Range.maximum, .percentile(1), .leastSquares] {
      var options = QuantizationOptions()
      options.range = range
      #expect(options.range(of: [histogram], levels: 255) == 0)
    }
  }

  /// With few levels the best range leaves out the one value far from all others.
  @Test func leastSquares() {
    var histogram = ActivationHistogram()
    histogram.add((1...2000).map { Float($0) / 2000 } + [4])
    var options = QuantizationOptions()
    options.range = .leastSquares
    let coarse = options.range(of: [histogram], levels: 7)
    #expect(coarse > 0.9 && coarse < 1.5)
    #expect(options.range(of: [histogram], levels: 255) > 3)
    options.range = .maximum
    #expect(options.range(of: [histogram], levels: 7) == 4)
  }

  /// The scale of tasks that share weights is that of the task with the largest range.
  @Test func theLargestOfTheTasks() {
    let histograms = [Float(1), 3, 2].map { top in
      var histogram = ActivationHistogram()
      histogram.add([top, top / 2])
      return histogram
    }
    var options = QuantizationOptions()
    options.range = .percentile(100)
    #expect(options.range(of: histograms, levels: 255) == 3)
  }
}
