import HDL
import Simulation

/// Verilated modules in one library, built once and loaded into this process.
///
/// A library of many modules is built in a fraction of the time that as many libraries take. Any
/// number of benches of it may live at once, one thread at a time for each.
public final class VerilatedLibrary: Sendable {
  /// In the order of the numbers that `bench` takes.
  public let modules: [VerilatedModule]
  let options: VerilatedOptions
  let functions: BenchFunctions

  /// Builds the modules, unless the cache has the library of the same modules and options.
  ///
  /// - Parameter tools: the programs that build; nil for those of this process's environment.
  /// - Throws: `RTLError` when Verilator refuses the Verilog of a module or it has other ports;
  ///   `EnvironmentError` when a tool or a folder fails.
  public init(
    _ modules: [VerilatedModule], options: VerilatedOptions = VerilatedOptions(),
    in cache: BuildCache = BuildCache(), with tools: Toolchain? = nil
  ) throws {
    precondition(!modules.isEmpty, "a library has at least one module")
    self.modules = modules
    self.options = options
    let build = LibraryBuild(
      modules: modules, options: options, cache: cache, tools: try tools ?? Toolchain.shared())
    functions = try BenchFunctions(LoadedLibrary(path: build.path()))
  }

  /// A bench of module `index`, with its clock low.
  ///
  /// - Parameters:
  ///   - clock: the input that `step` raises; else the module's clock, and without one `step` only
  ///     counts.
  ///   - seed: what random initial values are drawn from.
  /// - Throws: `TestBenchError` where `clock` is no input of one bit; `AssertionFailure` and
  ///   `RTLError` as a bench does.
  public func bench(
    _ index: Int = 0, clock: String? = nil, seed: UInt32 = 1
  ) throws -> VerilatedBench {
    try VerilatedBench(self, index, clock: clock, seed: seed)
  }
}

/// How a call of a library ended; the raw values are the library's numbers.
enum BenchStatus: Int32 {
  case fine
  /// An assertion or `$stop`, after which the bench can go on.
  case failed
  /// The simulator cannot go on.
  case dead
}

/// The functions of a loaded library (Library/bench.cpp).
struct BenchFunctions: Sendable {
  typealias Bench = OpaquePointer
  let create: @convention(c) @Sendable (UInt32, Int32, UnsafeMutablePointer<Int32>) -> Bench
  let destroy: @convention(c) @Sendable (Bench) -> Void
  let failure: @convention(c) @Sendable (Bench) -> UnsafePointer<CChar>
  let poke: @convention(c) @Sendable (Bench, UInt32, UnsafePointer<UInt64>) -> Void
  let peek: @convention(c) @Sendable (Bench, UInt32, UnsafeMutablePointer<UInt64>) -> Int32
  let step: @convention(c) @Sendable (Bench, Int32) -> Int32
  let covers: @convention(c) @Sendable (Bench) -> UnsafePointer<CChar>

  /// - Throws: `EnvironmentError` when a function is missing.
  init(_ library: LoadedLibrary) throws {
    create = try library.function("verilated_bench_create")
    destroy = try library.function("verilated_bench_destroy")
    failure = try library.function("verilated_bench_failure")
    poke = try library.function("verilated_bench_poke")
    peek = try library.function("verilated_bench_peek")
    step = try library.function("verilated_bench_step")
    covers = try library.function("verilated_bench_covers")
  }
}
