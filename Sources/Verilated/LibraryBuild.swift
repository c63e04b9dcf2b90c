import Foundation

/// Verilated modules built into one library, or taken from the cache.
///
/// Each module is a model of its own. A wrapper around all of them would be built a fifth faster
/// (100 small modules in 2.3 s, not 2.9 s), but a step of one would evaluate all (160 us, not 0.6).
struct LibraryBuild {
  let modules: [VerilatedModule]
  let options: VerilatedOptions
  let cache: BuildCache
  let tools: Toolchain

  /// The path of the library, built unless the cache has it.
  ///
  /// - Throws: `RTLError` when Verilator refuses the Verilog or a module has other ports;
  ///   `EnvironmentError` when a tool or a folder fails.
  func path() throws -> String {
    try cache.entry("verilated-\(fingerprint).so") { path in
      let root = try tools.verilatorRoot()
      try Scratch.with { folder in
        let ports = try concurrently(modules.count) { try verilate($0, in: folder, root) }
        let runtime = try RuntimeBuild(options: options, cache: cache, tools: tools).path(root)
        let units = try writeUnits(ports, in: folder + "/" + Self.objects)
        try compile(units, runtime, in: folder + "/" + Self.objects, root)
        do {
          try FileManager.default.copyItem(
            atPath: "\(folder)/\(Self.objects)/library.so", toPath: path)
        } catch {
          throw cache.unwritable(error.localizedDescription)
        }
      }
    }.path
  }

  private static let objects = "obj"

  /// All that decides what the library does.
  var fingerprint: String {
    var print = Fingerprint()
    let flags = tools.libraryFlags(options) + baseArguments
    for text in tools.versions + flags { print.add(text.utf8) }
    for file in libraryFiles { print.add(file.bytes) }
    for module in modules {
      print.add("\(module.top) \(module.sources.files.count) \(module.ports.count)".utf8)
      for file in module.sources.files {
        print.add(file.name.utf8)
        print.add(file.text.utf8)
      }
      for (name, value) in module.orderedParameters { print.add("\(name)=\(value)".utf8) }
      for port in module.ports { print.add("\(port)".utf8) }
    }
    return print.text
  }

  // MARK: From Verilog to C++

  private var baseArguments: [String] {
    ["--cc", "--assert", "-Wno-lint", "-Wno-style", "-Wno-fatal"] + options.verilatorArguments
  }

  /// Verilates a module, and gives its ports in the order of the module's list.
  private func verilate(_ index: Int, in folder: String, _ root: String) throws -> [HeaderPort] {
    let module = modules[index]
    // Each has its files to itself, since other modules may be of the same names.
    let sources = modules.count == 1 ? "" : "\(index)/"
    try writeFiles(
      module.sources.files.map { ("\(sources)\($0.name)", Array($0.text.utf8)) }, to: folder)
    let prefix = Self.prefix(index)
    try tools.verilate(
      baseArguments + ["--top-module", module.top, "--prefix", prefix, "--Mdir", Self.objects]
        + module.orderedParameters.map { "-G\($0.name)=\($0.value)" }
        + module.sources.files.map { "\(sources)\($0.name)" }, in: folder, root: root)
    let header = FileManager.default.contents(atPath: "\(folder)/\(Self.objects)/\(prefix).h")
    guard let header else { throw RTLError("Verilator wrote no \(prefix).h.") }
    let found = HeaderPort.all(in: String(decoding: header, as: UTF8.self))
    try HeaderPort.check(
      found, against: module.ports.map { ($0.name, $0.isInput, $0.width) }, of: module.top,
      at: module.orderedParameters)
    return module.ports.compactMap { port in found.first { $0.name == port.name } }
  }

  /// What the C++ names of a module begin with.
  private static func prefix(_ index: Int) -> String { "V\(index)" }

  // MARK: From C++ to the library

  /// Writes what is to be compiled beside the models, and joins all of it into a few files.
  private func writeUnits(_ ports: [[HeaderPort]], in folder: String) throws -> [String] {
    let factories = factoriesText(ports.enumerated().map { (Self.prefix($0), $1) })
    try writeFiles(libraryFiles + [("factories.cpp", Array(factories.utf8))], to: folder)
    let sources = try JoinedSources(folder)
    // A file of this size takes no longer to compile than the headers before it.
    let parts = min(ProcessInfo.processInfo.activeProcessorCount, 1 + sources.size / 500_000)
    return try sources.groups(parts).enumerated().map {
      try sources.write("unit_\($0)", including: $1)
    }
  }

  private func compile(
    _ units: [String], _ runtime: String, in folder: String, _ root: String
  ) throws {
    do {
      // A link, since the cache's path may have spaces in it.
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/runtime.o", withDestinationPath: runtime)
    } catch {
      throw EnvironmentError("\(folder) cannot be written: \(error.localizedDescription)")
    }
    try tools.makeLibrary(
      "library.so", options, root, in: folder,
      ["-j", "\(units.count)", "UNITS=\(units.joined(separator: " "))"])
  }
}
