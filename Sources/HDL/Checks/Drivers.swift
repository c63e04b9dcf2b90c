/// The drivers of an elaborated module by the net they drive.
struct DriverIndex {
  private var first: [Int]
  private var list: [Int]

  init(_ module: ElaboratedModule, where isWanted: (ElaboratedModule.Driver) -> Bool) {
    first = Array(repeating: 0, count: module.nets.count + module.portNets.count + 1)
    for driver in module.drivers where isWanted(driver) { first[driver.target.net + 1] += 1 }
    for net in first.indices.dropFirst() { first[net] += first[net - 1] }
    list = Array(repeating: 0, count: first.last ?? 0)
    var next = first
    for (number, driver) in module.drivers.enumerated() where isWanted(driver) {
      list[next[driver.target.net]] = number
      next[driver.target.net] += 1
    }
  }

  /// The numbers of a net's drivers, in their order.
  subscript(net: Int) -> ArraySlice<Int> { list[first[net]..<first[net + 1]] }
}

extension ElaboratedModule {
  /// Bits that nothing drives, and bits with two drivers.
  func driverDiagnostics(_ prefix: String) -> [Diagnostic] {
    var result: [Diagnostic] = []
    func report(_ message: String, _ location: Location) {
      let diagnostic = Diagnostic(message: message, location: location)
      if !result.contains(diagnostic) { result.append(diagnostic) }
    }
    let index = DriverIndex(self) { _ in true }
    for number in nets.indices where !isExternal(number) {
      let width = nets[number].width
      var list = index[number]
      if list.count == 1, drivers[list[list.startIndex]].target.width == width { continue }
      list.sort { (drivers[$0].target.low, $0) < (drivers[$1].target.low, $1) }
      var next = 0
      var previous: Driver?
      for driver in list.lazy.map({ self.drivers[$0] }) {
        let target = driver.target
        if target.low > next {
          report(
            "nothing drives \(text(number, next, target.low, prefix))", location(of: number))
        }
        if target.low < next, let previous,
          driver.process == -1 || driver.process != previous.process
        {
          let end = Swift.min(next, target.low + target.width)
          let isPlural = (target.low, end) != (0, width) && end - target.low > 1
          report(
            "\(text(number, target.low, end, prefix)) \(isPlural ? "are" : "is") driven here and at "
              + "\(previous.location)", driver.location)
        }
        if target.low + target.width > next {
          next = target.low + target.width
          previous = driver
        }
      }
      if next < width {
        report("nothing drives \(text(number, next, width, prefix))", location(of: number))
      }
    }
    return result
  }

  /// Whether the net has its value from outside, or from its contents.
  private func isExternal(_ net: Int) -> Bool {
    let declaration = nets[net].declaration
    return declaration.kind == .input || declaration.contents != nil
  }

  /// Bits `low ..< end` of a net in words.
  func text(_ net: Int, _ low: Int, _ end: Int, _ prefix: String) -> String {
    let path = prefix + path(of: net)
    if low == 0, end == width(of: net) { return "`\(path)`" }
    return (end - low == 1 ? "bit \(low)" : "bits \(low) to \(end - 1)") + " of `\(path)`"
  }

  /// Some bits of a net in words.
  private func text(_ net: Int, _ ranges: [Range<Int>], _ prefix: String) -> String {
    if ranges.count == 1 { return text(net, ranges[0].lowerBound, ranges[0].upperBound, prefix) }
    let shown = ranges.prefix(4).map { range in
      range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound - 1)"
    }
    let list =
      ranges.count > shown.count
      ? shown.joined(separator: ", ") + " and others"
      : shown.dropLast().joined(separator: ", ") + " and \(shown[shown.count - 1])"
    return "bits \(list) of `\(prefix)\(path(of: net))`"
  }

  /// Bits that nothing reads.
  func unusedDiagnostics(_ prefix: String) -> [Diagnostic] {
    var result: [Diagnostic] = []
    var reported: Set<ObjectIdentifier> = []
    for (number, net) in nets.enumerated() where net.declaration.kind != .output {
      let gaps = used.gaps(number)
      guard !gaps.isEmpty, reported.insert(ObjectIdentifier(net.declaration)).inserted else {
        continue
      }
      let isPlural = gaps.count > 1 || gaps[0].count > 1 && gaps[0].count < net.width
      result.append(
        Diagnostic(
          message:
            "nothing reads \(text(number, gaps, prefix)); drop \(isPlural ? "them" : "it"), or name "
            + "\(isPlural ? "them" : "it") in `unused`",
          location: net.declaration.location))
    }
    return result
  }
}
