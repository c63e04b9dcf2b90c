import Networks

extension Layer {
  /// The 2x2 max-pool, of stride 2, of a map [outputChannels][outputSize][outputSize].
  func maxPooled<Value: Comparable>(_ map: [Value]) -> [Value] {
    var result: [Value] = []
    result.reserveCapacity(pooledOutputCount)
    for channel in 0..<outputChannels {
      for row in 0..<pooledSize {
        let upper = (channel * outputSize + 2 * row) * outputSize
        let lower = upper + outputSize
        for column in Swift.stride(from: 0, to: 2 * pooledSize, by: 2) {
          result.append(
            max(
              map[upper + column], map[upper + column + 1], map[lower + column],
              map[lower + column + 1]))
        }
      }
    }
    return result
  }
}
