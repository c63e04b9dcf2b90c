/// A file of Verilog.
public struct VerilogFile: Sendable, Equatable {
  /// Its name; relative to the folder of a file list, without `..`.
  public let name: String
  /// What it holds.
  public let text: String

  /// A file of this name and text.
  public init(name: String, text: String) {
    self.name = name
    self.text = text
  }
}

extension Module {
  /// A file for this module and for each that it instantiates, those instantiated first.
  ///
  /// - Parameters:
  ///   - header: comment lines at the head of each file.
  ///   - showsSources: whether a comment on each statement names its Swift file and line.
  ///   - models: whether black boxes have files too, with what their bodies describe.
  public func verilogFiles(
    header: [String] = [], showsSources: Bool = false, models: Bool = false
  ) -> [VerilogFile] {
    hierarchy.filter { models || !$0.isBlackBox }.map {
      VerilogFile(
        name: "\($0.name).v",
        text: VerilogPrinter.print($0, header: header, showsSources: showsSources))
    }
  }

  /// Black boxes of the hierarchy whose bodies describe ports only.
  package var boxesWithoutModel: [Module] { hierarchy.filter { $0.isBlackBox && !$0.hasModel } }

  private var hasModel: Bool {
    items.contains { item in
      if case .require = item { false } else { true }
    }
  }
}
