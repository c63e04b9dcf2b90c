import ArgumentParser
import HDL

/// The accelerator's parameters beside its core's as options; what is not given takes its default.
struct AcceleratorOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: parameterHelp("FEED_BANKS", "words of cols channels read at once for a row", 1...8, "2"),
    transform: wholeNumber)
  var feedBanks: Int?
  @Option(
    parsing: .unconditional,
    help: parameterHelp(
      "AXI_DATA_WIDTH", "bits of a beat of the memory's bus", "32, 64, 128, 256 or 512", "128"),
    transform: wholeNumber)
  var axiDataWidth: Int?
  @Option(
    parsing: .unconditional,
    help: parameterHelp("AXI_ADDR_WIDTH", "bits of an address of memory", 32...64, "32"),
    transform: wholeNumber)
  var axiAddrWidth: Int?
  @Option(
    parsing: .unconditional,
    help: parameterHelp(
      "READ_BURSTS", "bursts of a reader that may be on their way", 1...64, "4"),
    transform: wholeNumber)
  var readBursts: Int?
  @Option(
    parsing: .unconditional,
    help: parameterHelp(
      "ACT_BUFFER_KB", "KB of each of the two activation buffers", 1...16384, "128"),
    transform: wholeNumber)
  var actBufferKB: Int?
  @Option(
    parsing: .unconditional,
    help: parameterHelp("WEIGHT_BUFFER_KB", "KB of weights", 1...16384, "128"),
    transform: wholeNumber)
  var weightBufferKB: Int?
  @Option(
    parsing: .unconditional,
    help: parameterHelp("THRESHOLD_BUFFER_KB", "KB of thresholds", 1...16384, "16"),
    transform: wholeNumber)
  var thresholdBufferKB: Int?

  /// What was given, by parameter name.
  var given: Configuration {
    let values: [(String, Int?)] = [
      ("FEED_BANKS", feedBanks), ("AXI_DATA_WIDTH", axiDataWidth),
      ("AXI_ADDR_WIDTH", axiAddrWidth), ("READ_BURSTS", readBursts),
      ("ACT_BUFFER_KB", actBufferKB), ("WEIGHT_BUFFER_KB", weightBufferKB),
      ("THRESHOLD_BUFFER_KB", thresholdBufferKB),
    ]
    return Dictionary(
      uniqueKeysWithValues: values.compactMap { name, value in value.map { (name, $0) } })
  }
}
