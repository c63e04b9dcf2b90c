/// The C++ testbench around a verilated `mime_core`, carried in the program so that it works
/// without the repository.
public enum Testbench {
  /// The version of the C interface that the sources export.
  public static let interfaceVersion: UInt32 = 1

  /// The prefix to give the verilated model (`verilator --prefix`).
  public static let modelPrefix = "Vmime_core"

  /// The file to compile beside the model.
  public static let mainFile = "mime_core_harness.cpp"

  /// The file to include before every file of the model.
  public static let preludeFile = "mime_core_print.h"

  /// All files, to be put in one folder.
  public static let files: [(name: String, text: [UInt8])] = [
    (mainFile, PackageResources.mime_core_harness_cpp),
    ("mime_core_ports.h", PackageResources.mime_core_ports_h),
    ("mime_core_queue.h", PackageResources.mime_core_queue_h),
    ("mime_core_bare_loop.h", PackageResources.mime_core_bare_loop_h),
    (preludeFile, PackageResources.mime_core_print_h),
  ]
}
