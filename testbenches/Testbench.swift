/// The C++ testbench around a verilated module, carried in the program so that it works without the
/// repository.
public struct Testbench: Sendable {
  /// What its names begin with: of its files, and of the functions that its library exports.
  public let name: String

  /// The version of the C interface that the sources export.
  public let interfaceVersion: UInt32

  /// All files, to be put in one folder.
  public let files: [(name: String, text: [UInt8])]

  /// The prefix to give the verilated model (`verilator --prefix`).
  public var modelPrefix: String { "V\(name)" }

  /// The file to compile beside the model.
  public var mainFile: String { "\(name)_harness.cpp" }

  /// The file to include before every file of the model.
  public static let preludeFile = "harness_print.h"

  /// Drives a `mime_core`: streams of beats in, results out.
  public static let core = Testbench(
    name: "mime_core", interfaceVersion: 1,
    files: common + [
      ("mime_core_harness.cpp", PackageResources.mime_core_harness_cpp),
      ("mime_core_ports.h", PackageResources.mime_core_ports_h),
      ("mime_core_queue.h", PackageResources.mime_core_queue_h),
      ("mime_core_bare_loop.h", PackageResources.mime_core_bare_loop_h),
    ])

  /// Drives an accelerator by its buses alone: registers, memory and interrupt.
  public static let accelerator = Testbench(
    name: "mime_accelerator", interfaceVersion: 1,
    files: common + [
      ("mime_accelerator_harness.cpp", PackageResources.mime_accelerator_harness_cpp),
      ("mime_accelerator_memory.h", PackageResources.mime_accelerator_memory_h),
      ("mime_accelerator_channels.h", PackageResources.mime_accelerator_channels_h),
      ("mime_accelerator_port.h", PackageResources.mime_accelerator_port_h),
      ("mime_accelerator_registers.h", PackageResources.mime_accelerator_registers_h),
    ])

  private static let common: [(name: String, text: [UInt8])] = [
    ("harness_simulation.h", PackageResources.harness_simulation_h),
    ("harness_random.h", PackageResources.harness_random_h),
    (preludeFile, PackageResources.harness_print_h),
  ]
}
