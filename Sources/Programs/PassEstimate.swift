import Foundation

/// What a pass with skipped steps is expected to do: the statistical model's heart.
struct PassEstimate {
  /// Steps issued for one column block.
  private(set) var issued = 0.0
  /// Steps issued to rows that are not in use, for one column block.
  private(set) var idle = 0.0
  /// By run: steps issued to its rows for one column block.
  private(set) var rowSteps: [Double]
  /// Cycles from the first accepted step to the last, for all column blocks.
  private(set) var cycles = 0.0
  /// Of them those in which the last step of a tile waits for the drain.
  private(set) var drainStalls = 0.0

  /// - Parameter joint: what was measured; nil where zeros are independent.
  init(
    _ pass: PassGeometry, _ tasks: [LayerSparsity.Task?], _ joint: JointZeros?,
    _ assumption: ZeroAssumption
  ) throws {
    rowSteps = Array(repeating: 0, count: pass.runs.count)
    if let joint {
      try addMeasured(joint, pass)
      guard assumption == .mean else {
        for group in Self.groups(of: pass) {
          let words = joint.group(rows: group.rows).histogram!
          count(.measured(words), group, of: pass, gains: joint.gainsPerTile)
        }
        return
      }
    }
    let logarithms = pass.runs.map { log(tasks[$0.task]!.zeroFraction) }
    for group in LiveRows(pass).groups {
      var zeros = IndependentZeros(group, logarithms, channels: pass.layer.groupChannels)
      if let joint {
        let fraction = joint.group(rows: group.rows).issuedFraction
        zeros.scale(toIssue: Double(group.tiles * pass.steps) * fraction)
      } else {
        add(zeros.issued, group.rows, pass)
        zeros.addRowSteps(to: &rowSteps)
      }
      count(zeros.wordSteps(of: pass), (group.rows, group.tiles), of: pass)
    }
  }

  /// The sums that are linear in measured fractions.
  private mutating func addMeasured(_ joint: JointZeros, _ pass: PassGeometry) throws {
    guard !joint.groups.isEmpty else {
      throw ProgramFailure("no common zeros were measured for layer \(pass.layer.name)")
    }
    rowSteps = try pass.runs.map { run in
      guard let fraction = joint.issuedFractions[run.task] else {
        throw ProgramFailure(
          "no common zeros of task \(run.task) were measured for layer \(pass.layer.name)")
      }
      return Double(run.images * pass.positions * pass.steps) * fraction
    }
    for group in Self.groups(of: pass) {
      add(
        Double(group.tiles * pass.steps) * joint.group(rows: group.rows).issuedFraction,
        group.rows, pass)
    }
  }

  /// The full tiles, and the last one where it has fewer rows.
  private static func groups(of pass: PassGeometry) -> [(rows: Int, tiles: Int)] {
    let full = pass.slots / pass.shape.rows
    return (full > 0 ? [(pass.shape.rows, full)] : [])
      + (full < pass.tiles ? [(pass.lastRows, 1)] : [])
  }

  /// Adds steps of tiles with `rows` rows in use.
  private mutating func add(_ steps: Double, _ rows: Int, _ pass: PassGeometry) {
    issued += steps
    idle += steps * Double(pass.shape.rows - rows)
  }

  /// Adds the cycles of tiles with `words`.
  ///
  /// A word takes as long as its steps, or as its rows need to be read; a tile at least as long as the
  /// drain, and as its rows take to be ready.
  private mutating func count(
    _ words: WordSteps, _ group: (rows: Int, tiles: Int), of pass: PassGeometry,
    gains: Double? = nil
  ) {
    let rows = pass.shape.rows
    let least = max(rows, group.rows + 1)
    let tiles = Double(pass.blocks * group.tiles)
    let isOneWord = pass.words == 1
    var tile = Double(pass.words) * words.mean(atLeast: isOneWord ? least : group.rows)
    if isOneWord, group.rows == rows { tile -= gains ?? words.gains(rows: rows) }
    cycles += tiles * (isOneWord ? tile : max(Double(least), tile))
    drainStalls +=
      tiles * (isOneWord ? words.shortfall(below: rows) : max(0, Double(rows) - tile))
  }
}

/// Zeros of a group of tiles where each activation is zero by itself.
private struct IndependentZeros {
  private let group: LiveRows.Group
  /// For each entry, the logarithm of the probability that all rows are zero at a step.
  private var logarithms: [Double]
  private let channels: Double

  init(_ group: LiveRows.Group, _ runs: [Double], channels: Int) {
    self.group = group
    self.channels = Double(channels)
    func part(_ share: LiveRows.Share) -> Double {
      share.live == 0 ? 0 : Double(share.live) * runs[share.run]
    }
    logarithms = group.entries.map { $0.others.reduce(part($0.first)) { $0 + part($1) } }
  }

  private func steps(_ exponent: Double) -> (value: Double, slope: Double) {
    var (value, slope) = (0.0, 0.0)
    for (entry, logarithm) in zip(group.entries, logarithms) where logarithm < 0 {
      let zero = exp(exponent * logarithm)
      value += entry.weight * (1 - zero)
      if zero > 0 { slope -= entry.weight * logarithm * zero }
    }
    return (value * channels, slope * channels)
  }

  /// Tiles that are expected to need no step: they issue one.
  private var forced: Double {
    let sum = zip(group.entries, logarithms).reduce(0) { $0 + $1.0.weight * $1.1 }
    return exp(channels * sum / Double(group.tiles))
  }

  var issued: Double { steps(1).value + Double(group.tiles) * forced }

  func addRowSteps(to rowSteps: inout [Double]) {
    let taps = group.entries.reduce(0) { $0 + $1.weight } / Double(group.tiles)
    let forced = self.forced / taps
    for (entry, logarithm) in zip(group.entries, logarithms) {
      let steps = entry.weight * (channels * (1 - exp(logarithm)) + forced)
      for share in [entry.first] + entry.others {
        rowSteps[share.run] += steps * Double(share.rows)
      }
    }
  }

  /// Makes rows count for less, or more, than one row that is zero by itself, so that `target` steps
  /// are issued.
  mutating func scale(toIssue target: Double) {
    var (low, high) = (0.0, 64.0)
    var exponent = 1.0
    for _ in 0..<40 {
      let (value, slope) = steps(exponent)
      if abs(value - target) <= 1e-9 * target { break }
      if value < target { low = exponent } else { high = exponent }
      let newton = exponent + (target - value) / slope
      exponent = newton > low && newton < high ? newton : (low + high) / 2
    }
    for index in logarithms.indices { logarithms[index] *= exponent }
  }

  /// The steps of a word: of a tap's places, or of windows, in which taps are mixed.
  func wordSteps(of pass: PassGeometry) -> WordSteps {
    var sizes = [(size: pass.lastChannels, weight: 1.0)]
    if pass.tapPlaces > 1 {
      sizes.append((pass.shape.placeChannels, Double(pass.tapPlaces - 1)))
    }
    let issues = zip(group.entries, logarithms).map {
      (probability: 1 - exp($1), weight: $0.weight)
    }
    guard pass.takesWindows else { return .mixture(sizes: sizes, issues: issues) }
    let weights = issues.reduce(0) { $0 + $1.weight }
    let mean = issues.reduce(0) { $0 + $1.weight * $1.probability } / weights
    return .mixture(sizes: sizes, issues: [(mean, 1)])
  }
}
