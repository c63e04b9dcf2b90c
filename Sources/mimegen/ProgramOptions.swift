import ArgumentParser
import Cosimulation
import Programs

/// What a program of the accelerator does, as options.
struct ProgramOptions: ParsableArguments {
  @Option(help: "Leave out steps in which all rows of a tile are zero: on or off.")
  var skip = Switch.off
  @OptionGroup var layout: LayoutOptions
  @Flag(
    help: """
      Run a MIME network's parent with a copy of the weights for each task and without thresholds: \
      for traffic and cycles only.
      """)
  var asConventional = false

  /// The request to run `run` so.
  func request(_ run: VerificationRequest) -> AcceleratorRequest {
    var request = AcceleratorRequest(run)
    layout.apply(to: &request)
    request.skips = skip == .on
    request.runsAsConventional = asConventional
    return request
  }
}

/// How a network is laid out on the accelerator.
struct LayoutOptions: ParsableArguments {
  @Option(
    help: """
      Slots of pooled layers: windows, rows, or for each layer the one that takes fewer cycles on the \
      first batch, best.
      """)
  var order = Mapper.Choice.windows
  @Option(help: "Thresholds in 16 or 8 bits where that changes none of them: on or off.")
  var packThresholds = Switch.off
  @Option(help: "Keep weights and thresholds in their buffers where they fit: on or off.")
  var resident = Switch.on

  func apply(to request: inout AcceleratorRequest) {
    request.order = order
    request.packsThresholds = packThresholds == .on
    request.keepsResident = resident == .on
  }
}

extension Mapper.Choice: ExpressibleByArgument {}

/// On or off, as an option's value.
enum Switch: String, ExpressibleByArgument, CaseIterable {
  case on, off
}
