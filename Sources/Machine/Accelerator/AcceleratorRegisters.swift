import Components

extension Machine {
  /// The registers of the accelerator: the one source of their hardware, C header, Swift and page.
  public static let acceleratorRegisters = RegisterMap(
    "mime_accelerator",
    "A program in DRAM is started here; its end, its error and its counters are read here.",
    [
      .init(
        "ID", "What it is.",
        .init("IDENTITY", width: 32, .constant(0x4D49_4D45), "MIME in ASCII.")),
      .init(
        "VERSION", "Of the register map and the program's form.",
        .init("NUMBER", width: 32, .constant(acceleratorVersion), "Changes with them.")),
      .init(
        "HASH", "Of the configuration.",
        .init("PROGRAM_HASH", width: 32, .status, "What every descriptor of a program begins with.")
      ),
      .init(
        "ARRAY", "Size of the array.",
        .init("ARRAY_ROWS", width: 16, .status, "Rows."),
        .init("ARRAY_COLUMNS", width: 16, .status, "Columns.")),
      .init(
        "WIDTHS", "Bits of numbers.",
        .init("ACTIVATION_BITS", width: 8, .status, "Of an activation."),
        .init("WEIGHT_BITS", width: 8, .status, "Of a weight."),
        .init("ACCUMULATOR_BITS", width: 8, .status, "Of an accumulator."),
        .init("MULTIPLIER_BITS", width: 8, .status, "Of a multiplier, 0 for a shift only.")),
      .init(
        "FEATURES", "What is built.",
        .init("BUS_BYTES", width: 8, .status, "Bytes of a beat on the memory's bus."),
        .init("BANKS", width: 8, .status, "Banks of the activation buffers."),
        .init("TASK_BITS", width: 8, .status, "Of a task id."),
        .init("SIGNED_ACTIVATIONS", .status, "Activations may be signed."),
        .init("COUNTERS_BUILT", .status, "There are event counters.")),
      .init(
        "WEIGHT_LINES", "Lines of the weight buffer.",
        .init("LINES_OF_WEIGHTS", width: 32, .status, "Lines.")),
      .init(
        "THRESHOLD_LINES", "Lines of the threshold buffer.",
        .init("LINES_OF_THRESHOLDS", width: 32, .status, "Lines.")),
      .init(
        "PLACES", "Places of each activation buffer.",
        .init("PLACES_OF_ACTIVATIONS", width: 32, .status, "Places.")),
      .init(
        "CONTROL", "Commands.",
        .init("START", .trigger, "Run the program; nothing while one runs."),
        .init("STOP", .trigger, "End the program that runs with an error.")),
      .init(
        "STATUS", "What it is doing.",
        .init("BUSY", .status, "A program runs."),
        .init("DONE", .sticky, "A program has ended; write 1 to clear."),
        .init("ERROR", width: 8, .status, "Why the last program ended early, 0 where it did not."),
        .init("OPERATION", width: 22, .status, "Number of the operation, from 0.")),
      .init(
        "INTERRUPT", "When the interrupt is raised.",
        .init("INTERRUPT_ENABLE", .control(reset: 0), "While DONE is set.")),
      .init(
        "BASE_LOW",
        "Address of the memory's image, which begins a beat: lower bits are taken as 0.",
        .init("IMAGE_BASE_LOW", width: 32, .control(reset: 0), "Bits 31...0.")),
      .init(
        "BASE_HIGH", "Its high bits.",
        .init("IMAGE_BASE_HIGH", width: 32, .control(reset: 0), "Bits 63...32.")),
      .init(
        "LIMIT", "Size of the memory's image.",
        .init("IMAGE_LIMIT", width: 32, .control(reset: 0), "Bytes.")),
      .init(
        "PROGRAM", "Where the program begins.",
        .init("PROGRAM_OFFSET", width: 32, .control(reset: 0), "Bytes from the image's base.")),
      .init(
        "EVENT_SELECT",
        "Which counter is read; while a program runs, or after it, of its last operation.",
        .init("EVENT_NUMBER", width: 8, .control(reset: 0), "Its number."),
        .init("EVENT_TASK", width: 8, .control(reset: 0), "Of which task, where counted per task.")),
      .init(
        "EVENT_LOW", "The count, some cycles after it is selected.",
        .init("EVENT_COUNT_LOW", width: 32, .status, "Bits 31...0.")),
      .init(
        "EVENT_HIGH", "Its high bits.",
        .init("EVENT_COUNT_HIGH", width: 16, .status, "Bits 47...32.")),
    ])

  /// Changes with the register map and with the form of programs.
  public static let acceleratorVersion: UInt32 = 2
}
