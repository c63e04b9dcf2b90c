import HDL

/// The MIME machine, written in the hardware language: one static value per module.
public enum Machine {
  /// Changes whenever a driver of the core must change with it.
  public static let version = "0.1.0"

  /// Bits of an offset in the accelerator's memory image.
  static let offsetWidth = 32

  /// The module that users instantiate.
  public static let top = core
}
