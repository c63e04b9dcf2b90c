import Foundation
import HDL
import Machine
import Programs
import Verilated

/// Runs drawn accelerators; each is built, runs its networks, and is gone.
public struct Regression: Sendable {
  /// Folder of the builds; each is removed when it has run, unless `keepsBuilds`.
  public let cache: BuildCache
  /// Whether builds stay.
  public let keepsBuilds: Bool
  /// The Verilog that is built.
  public let sources: VerilogSources

  /// - Parameters:
  ///   - cache: a folder in which builds stay; nil for one that they do not outlive.
  ///   - sources: the accelerator's Verilog; by default what this program generates.
  public init(
    cache: BuildCache? = nil,
    sources: VerilogSources = VerilogSources(Machine.accelerator.verilogFiles())
  ) {
    keepsBuilds = cache != nil
    self.cache =
      cache
      ?? BuildCache(folder: "\(Scratch.parent)/mimegen-\(UUID().uuidString)")
    self.sources = sources
  }

  /// Something that did not come out as it should.
  public struct Finding: Error, CustomStringConvertible {
    /// Number of the network; nil where none was run.
    public let network: Int?
    /// What runs.
    public let text: String
    /// What happened: where, what must be and what is.
    public let description: String
  }

  /// Runs `networks` of `accelerator`, all of them where it is nil.
  ///
  /// - Parameter progress: is called before each network.
  /// - Throws: `Finding`; `EnvironmentError`.
  public func run(
    _ accelerator: DrawnAccelerator, networks: [Int]? = nil, progress: (Int) -> Void = { _ in }
  ) throws -> RegressionRun.Figures {
    let parameters = accelerator.parameters.sorted { $0.key < $1.key }
    let text = parameters.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    func finding(_ network: Int?, _ error: any Error) -> any Error {
      error is EnvironmentError
        ? error : Finding(network: network, text: text, description: "\(error)")
    }
    defer { if !keepsBuilds { try? FileManager.default.removeItem(atPath: cache.folder) } }
    let library: AcceleratorLibrary
    let shape: AcceleratorShape
    do {
      shape = try AcceleratorShape(accelerator.parameters)
      let build = AcceleratorBuild(
        sources, parameters: parameters.map { (name: $0.key, value: $0.value) })
      library = try AcceleratorLibrary(path: try build.product(in: cache).path)
    } catch { throw finding(nil, error) }
    var figures = RegressionRun.Figures()
    for number in networks ?? Array(accelerator.networks.indices) {
      progress(number)
      do {
        figures += try RegressionRun(accelerator.networks[number], on: shape, library).run()
      } catch { throw finding(number, error) }
    }
    return figures
  }
}

extension RegressionRun.Figures {
  /// The sums of both.
  public static func += (left: inout Self, right: Self) {
    left.cycles += right.cycles
    left.values += right.values
    left.macs += right.macs
  }
}
