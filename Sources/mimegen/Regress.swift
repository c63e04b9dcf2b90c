import ArgumentParser
import Cosimulation
import Foundation
import Verilated

/// `mimegen regress`: random networks on random accelerators, against the golden model.
struct Regress: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run random networks on random accelerators and compare every number.",
    discussion: """
      Each seed draws an accelerator and networks for it, with batches, memory timing and stalls. \
      Every layer's output, logit and class must be the golden model's, and every counter the exact \
      model's.
      """)

  /// Networks of an accelerator; one in four averages a map.
  private static let usualNetworks = 8

  @Option(help: ArgumentHelp("The first seed. (default: the time)", valueName: "n"))
  var seed: UInt64?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Accelerators, each of the next seed. (default: 10, or as many as --minutes has room for)",
      valueName: "n"), transform: wholeNumber)
  var cases: Int?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Begin no accelerator after as many minutes.", valueName: "t"))
  var minutes: Double?
  @Option(
    help: ArgumentHelp("Size of every array. (default: any of 1x1 to 16x16)", valueName: "RxC"))
  var array: ArraySize?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Networks that run on each accelerator.", valueName: "n"),
    transform: wholeNumber)
  var networks = Self.usualNetworks
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Run only this network of each accelerator, from 0 on.", valueName: "n"),
    transform: wholeNumber)
  var network: Int?
  @Option(
    help: ArgumentHelp(
      "Run one accelerator of each of these sizes: size n has n / 16 + 1 rows and n % 16 + 1 columns.",
      valueName: "first-last"))
  var shapeRange: ShapeRange?
  @Option(
    help: ArgumentHelp(
      "Keep the last size that passed here, begin after it, and remove the file at the end.",
      valueName: "file"))
  var resume: String?
  @Option(
    help: ArgumentHelp(
      "Folder for builds, which stay. (default: one that is removed)", valueName: "folder"))
  var cache: String?

  func validate() throws {
    if let cases, cases < 1 { throw ValidationError("--cases is \(cases) and must be at least 1") }
    guard networks > 0 else {
      throw ValidationError("--networks is \(networks) and must be at least 1")
    }
    if let network, !(0..<networks).contains(network) {
      throw ValidationError("--network is \(network) and must be from 0 to \(networks - 1)")
    }
    if shapeRange != nil, array != nil || cases != nil {
      throw ValidationError("--shape-range goes without --array and --cases")
    }
    if resume != nil, shapeRange == nil {
      throw ValidationError("--resume goes with --shape-range")
    }
  }

  func run() throws {
    let seed = self.seed ?? UInt64(Date().timeIntervalSince1970)
    print("seed \(seed)")
    fflush(nil)
    let start = Date()
    let regression = Regression(cache: cache.map { BuildCache(folder: $0) })
    let progress = Progress()
    var figures = RegressionRun.Figures()
    var count = 0
    let plan = try plan()
    for (offset, size) in plan {
      if let minutes, Date().timeIntervalSince(start) > 60 * minutes { break }
      let (own, addition) = seed.addingReportingOverflow(UInt64(offset))
      guard !addition else { break }
      let accelerator = try DrawnAccelerator(
        seed: own, array: size.map { ($0.rows, $0.columns) }, networks: networks)
      do {
        figures += try regression.run(accelerator, networks: network.map { [$0] }) { number in
          progress.show(
            "seed \(own) (accelerator \(count + 1)), network \(number): "
              + accelerator.networks[number].text)
        }
      } catch let finding as Regression.Finding {
        progress.clear()
        fail(finding, accelerator, size)
        throw ExitCode(Status.different.rawValue)
      }
      count += 1
      if let resume, shapeRange != nil {
        try OutputFile.write(Data("\(offset)\n".utf8), to: resume)
      }
    }
    progress.clear()
    if let resume, count == plan.count { try? FileManager.default.removeItem(atPath: resume) }
    let seconds = Int(Date().timeIntervalSince(start))
    print(
      "\(count) accelerators with \(count * (network == nil ? networks : 1)) networks are equal to the "
        + "golden model: \(figures.values) values, \(figures.macs) multiply-accumulates, "
        + "\(figures.cycles) cycles in \(seconds) s")
  }

  /// The accelerators to run: what their seeds are after the first, and their arrays.
  private func plan() throws -> [(offset: Int, size: ArraySize?)] {
    guard let shapeRange else {
      return (0..<(cases ?? (minutes == nil ? 10 : 1_000_000))).map { ($0, array) }
    }
    var first = shapeRange.range.lowerBound
    if let resume, let text = try? String(contentsOfFile: resume, encoding: .utf8) {
      guard let last = Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
        throw UsageError("\(resume) does not hold the number of a size; remove it")
      }
      first = max(first, last + 1)
    }
    return shapeRange.range.filter { $0 >= first }.map { ($0, ArraySize(shape: $0)) }
  }

  private func fail(
    _ finding: Regression.Finding, _ accelerator: DrawnAccelerator, _ size: ArraySize?
  ) {
    print("FAILED: \(finding)")
    print("The accelerator: \(finding.text)")
    var words = ["mimegen", "regress", "--seed", "\(accelerator.seed)", "--cases", "1"]
    if let size { words += ["--array", "\(size)"] }
    if networks != Self.usualNetworks { words += ["--networks", "\(networks)"] }
    if let network = finding.network {
      print("The network: \(accelerator.networks[network].text)")
      words += ["--network", "\(network)"]
    }
    print("To repeat: \(words.joined(separator: " "))")
  }
}

/// Rows and columns: 4x8.
struct ArraySize: ExpressibleByArgument, CustomStringConvertible {
  let rows, columns: Int

  init(shape: Int) { (rows, columns) = (shape / 16 + 1, shape % 16 + 1) }

  init?(argument: String) {
    let sides = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard sides.count == 2, let rows = sides[0], let columns = sides[1], 1...256 ~= rows,
      1...256 ~= columns
    else { return nil }
    (self.rows, self.columns) = (rows, columns)
  }

  var description: String { "\(rows)x\(columns)" }
}

/// Numbers of sizes: 0-255.
struct ShapeRange: ExpressibleByArgument {
  let range: ClosedRange<Int>

  init?(argument: String) {
    let ends = argument.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard ends.count == 2, let first = ends[0], let last = ends[1], first <= last,
      0...255 ~= first, 0...255 ~= last
    else { return nil }
    range = first...last
  }
}
