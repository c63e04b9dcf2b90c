/// Which names of a module are taken. Signals, instances, labels and loop indices share them.
struct NameTable {
  /// Names taken in each block around the current statement, the module's own first.
  private var open: [[String: Location]] = [[:]]
  /// Names inside blocks that have ended. Other blocks may take them again, but what Verilog
  /// declares at the module's head may not: those blocks would hide it.
  private var ended: [String: Location] = [:]
  private var indices: [String: (isGenerate: Bool, location: Location)] = [:]

  mutating func beginBlock() { open.append([:]) }

  mutating func endBlock() {
    ended.merge(open.removeLast()) { first, _ in first }
  }

  /// Takes a name for the current block, or for the module where Verilog declares it at the head.
  ///
  /// - Returns: the sentence to report if it is taken already.
  mutating func take(_ name: String, atHead: Bool, _ location: Location) -> String? {
    let other = open.lazy.compactMap { $0[name] }.first ?? (atHead ? ended[name] : nil)
    if let other { return Self.taken(name, other) }
    open[atHead ? 0 : open.count - 1][name] = location
    return nil
  }

  /// Takes a loop index, which several loops may use: all of them generate loops, or all of them
  /// sums.
  ///
  /// - Returns: whether this is its first use, and the sentence to report if it is taken already.
  mutating func takeIndex(
    _ index: String, isGenerate: Bool, _ location: Location
  ) -> (isFirst: Bool, problem: String?) {
    func kind(_ isGenerate: Bool) -> String {
      isGenerate ? "generate loop" : "loop of statements or sum"
    }
    guard let (wasGenerate, other) = indices[index] else {
      indices[index] = (isGenerate, location)
      return (true, take(index, atHead: true, location))
    }
    guard wasGenerate != isGenerate else { return (false, nil) }
    return (
      false,
      "`\(index)` is the index of a \(kind(wasGenerate)) at \(other) and cannot be that of a "
        + "\(kind(isGenerate)); choose another"
    )
  }

  private static func taken(_ name: String, _ other: Location) -> String {
    "the name `\(name)` is already taken at \(other); choose another"
  }
}
