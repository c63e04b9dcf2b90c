import Networks

/// The weights of a layer while what is computed before it is folded into them.
struct Weights {
  enum Numbers {
    case reals([Float])
    case integers([Int32])
  }

  /// [outputs][channels][rows][columns]; one row and column where the input is no map.
  private(set) var numbers: Numbers
  let outputs: Int
  let channels: Int
  /// Rows, and columns, of the kernel.
  private(set) var size: Int
  /// The real number of one step of each output's sums; ones for reals.
  private(set) var units: [Double]
  /// What offsets of the input add to each output.
  private(set) var offsets: [Double]

  init(_ numbers: Numbers, outputs: Int, channels: Int, size: Int, units: [Double]) {
    self.numbers = numbers
    self.outputs = outputs
    self.channels = channels
    self.size = size
    self.units = units
    offsets = Array(repeating: 0, count: outputs)
  }

  var count: Int { outputs * channels * size * size }

  /// Takes up a factor and an offset of each channel.
  ///
  /// - Parameter positions: places that each weight is used for.
  /// - Returns: false where integers would have to be scaled.
  mutating func absorb(_ affine: ChannelAffine, positions: Int = 1) -> Bool {
    let taps = size * size
    switch numbers {
    case .reals(var values):
      for output in 0..<outputs {
        for channel in 0..<channels {
          for index in (output * channels + channel) * taps..<(output * channels + channel + 1)
            * taps
          {
            offsets[output] += Double(values[index]) * affine.offsets[channel] * Double(positions)
            values[index] = Float(Double(values[index]) * affine.factors[channel])
          }
        }
      }
      numbers = .reals(values)
    case .integers:
      guard let factor = affine.uniformFactor else { return false }
      units = units.map { $0 * factor }
    }
    return true
  }

  /// Divides by the number of values of a mean.
  mutating func divide(by count: Int) {
    switch numbers {
    case .reals(let values): numbers = .reals(values.map { Float(Double($0) / Double(count)) })
    case .integers: units = units.map { $0 / Double(count) }
    }
  }

  /// Puts zeros around each kernel, so that it has `newSize` rows and columns.
  mutating func surround(to newSize: Int, before: (rows: Int, columns: Int)) {
    func surrounded<Number: Numeric>(_ values: [Number]) -> [Number] {
      var result = Array(repeating: 0 as Number, count: outputs * channels * newSize * newSize)
      for (index, value) in values.enumerated() {
        let (plane, place) = index.quotientAndRemainder(dividingBy: size * size)
        let row = place / size + before.rows
        result[(plane * newSize + row) * newSize + place % size + before.columns] = value
      }
      return result
    }
    switch numbers {
    case .reals(let values): numbers = .reals(surrounded(values))
    case .integers(let values): numbers = .integers(surrounded(values))
    }
    size = newSize
  }

  /// Weights over a map whose windows of `kernel`, `stride` apart, are summed before these weights
  /// are applied: as a kernel of convolution.
  mutating func spread(kernel: Int, stride: Int) {
    spread(to: (size - 1) * stride + kernel, kernel: kernel, stride: stride)
  }

  /// The same over the whole map of `newSize`; what no window covers has weights of zero.
  mutating func spread(to newSize: Int, kernel: Int, stride: Int) {
    func spread<Number: Numeric>(_ values: [Number]) -> [Number] {
      var result = Array(repeating: 0 as Number, count: outputs * channels * newSize * newSize)
      for plane in 0..<outputs * channels {
        for row in 0..<size {
          for column in 0..<size {
            let weight = values[(plane * size + row) * size + column]
            for y in row * stride..<row * stride + kernel {
              for x in column * stride..<column * stride + kernel {
                result[(plane * newSize + y) * newSize + x] += weight
              }
            }
          }
        }
      }
      return result
    }
    switch numbers {
    case .reals(let values): numbers = .reals(spread(values))
    case .integers(let values): numbers = .integers(spread(values))
    }
    size = newSize
  }
}
