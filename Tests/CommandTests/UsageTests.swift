import Foundation
import Testing

/// What a command line cannot say: one sentence, exit status 2, and nothing written.
@Suite struct UsageTests {
  @Test(arguments: [
    (["--rows", "0"], "ROWS is 0; it goes from 1 to 1024"),
    (["--rows", "-1"], "ROWS is -1; it goes from 1 to 1024"),
    (["--rows=-1"], "ROWS is -1; it goes from 1 to 1024"),
    (["--rows", "1025"], "ROWS is 1025; it goes from 1 to 1024"),
    (["--cols", "-7", "--lanes", "1"], "COLS is -7; it goes from 1 to 1024"),
    (["--cols", "1025"], "COLS is 1025; it goes from 1 to 1024"),
    (["--cols", "4", "--lanes", "5"], "LANES is 5; it goes from 1 to 4"),
    (["--act-width", "25", "--acc-width", "64"], "ACT_WIDTH is 25; it goes from 2 to 24"),
    (["--weight-width", "1"], "WEIGHT_WIDTH is 1; it goes from 2 to 24"),
    (["--acc-width", "16"], "ACC_WIDTH is 16; it goes from 17 to 64"),
    (["--mult-width", "33"], "MULT_WIDTH is 33; it goes from 0 to 32"),
    (["--act-signed", "2"], "ACT_SIGNED is 2; it goes from 0 to 1"),
    (["--task-width", "9"], "TASK_WIDTH is 9; it goes from 1 to 8"),
    (["--count-events", "-1"], "COUNT_EVENTS is -1; it goes from 0 to 1"),
    (["--count-width", "3"], "COUNT_WIDTH is 3; it goes from 4 to 32"),
    (["--feed-banks", "9"], "FEED_BANKS is 9; it goes from 1 to 8"),
    (["--axi-data-width", "16"], "AXI_DATA_WIDTH is 16; it goes from 32 to 512"),
    (
      ["--axi-data-width", "96"],
      "AXI_DATA_WIDTH is 96 and must be a power of two: 32, 64, 128, 256 or 512"
    ),
    (["--axi-addr-width", "65"], "AXI_ADDR_WIDTH is 65; it goes from 32 to 64"),
    (["--read-bursts", "0"], "READ_BURSTS is 0; it goes from 1 to 64"),
    (["--act-buffer-kb", "0"], "ACT_BUFFER_KB is 0; it goes from 1 to 16384"),
    (["--weight-buffer-kb", "-1"], "WEIGHT_BUFFER_KB is -1; it goes from 1 to 16384"),
    (
      ["--threshold-buffer-kb", "16385"], "THRESHOLD_BUFFER_KB is 16385; it goes from 1 to 16384"
    ),
    (
      ["--rows", "x"],
      "The value 'x' is invalid for '--rows <n>': 'x' is not a whole number"
    ),
    (
      ["--cols", "1.5"],
      "The value '1.5' is invalid for '--cols <n>': '1.5' is not a whole number"
    ),
    (["--rows", ""], "The value '' is invalid for '--rows <n>': '' is not a whole number"),
    (
      ["--rows", "99999999999999999999"],
      "The value '99999999999999999999' is invalid for '--rows <n>': "
        + "'99999999999999999999' is not a whole number"
    ),
    (
      ["--rounding", "up"],
      "The value 'up' is invalid for '--rounding <name>': 'up' is not a rounding; choose "
        + "half-even, half-up, half-away, floor, toward-zero"
    ),
    (["--rows"], "Missing value for '--rows <n>'"),
    (["--row", "4"], "Unknown option '--row'. Did you mean '--rows'?"),
    (["simulate"], "Unexpected argument 'simulate'"),
  ]) func refusesToGenerate(arguments: [String], sentence: String) throws {
    try withFolder { folder in
      // The output first, so that an option at the end can miss its value.
      for command in [[], ["generate"]] where command.isEmpty || arguments != ["simulate"] {
        expectRefusal(
          try Program.run(command + ["-o", "out"] + arguments, in: folder), sentence)
        #expect(try names(in: folder) == [])
      }
    }
  }

  @Test(arguments: [
    (["--images", "0"], "images per task is 0, and must be at least 1"),
    (["--images", "-3"], "images per task is -3, and must be at least 1"),
    (
      ["--images", "4"],
      "task task0 has 3 images in vectors.safetensors, and 4 are asked for"
    ),
    (
      ["--images", "many"],
      "The value 'many' is invalid for '--images <n>'"
    ),
    (["--tasks", "task2"], "the model has no task 'task2'; it has task0, task1"),
    (["--tasks", ""], "the model has no task ''; it has task0, task1"),
    (["--tasks", "task0,"], "the model has no task ''; it has task0, task1"),
    (["--tasks", "task1,task0,task1"], "task 'task1' is named twice"),
    (["--batch", "2"], "there is no batch 2: they go from 0 to 1"),
    (["--batch", "-1"], "there is no batch -1: they go from 0 to 1"),
    (["--batch-size", "0"], "batch size is 0, and must be at least 1"),
    (["--batch-size", "-1"], "batch size is -1, and must be at least 1"),
    (["--stall-probability", "0.95"], "the stall probability is 0.95, and must be 0 to 0.9"),
    (["--stall-probability", "-0.1"], "the stall probability is -0.1, and must be 0 to 0.9"),
    (["--stall-probability", "nan"], "the stall probability is nan, and must be 0 to 0.9"),
    (
      ["--stall-probability", "often"],
      "The value 'often' is invalid for '--stall-probability <p>'"
    ),
    (["--seed", "-1"], "The value '-1' is invalid for '--seed <n>'"),
    (["--x-seed", "4294967296"], "The value '4294967296' is invalid for '--x-seed <n>'"),
    (
      ["--mode", "parallel"],
      "The value 'parallel' is invalid for '--mode <mode>'. Please provide one of 'singular' and "
        + "'pipelined'."
    ),
    (["--rows", "0"], "ROWS is 0; it goes from 1 to 1024"),
    (["--lanes", "4"], "LANES is 4; it goes from 1 to 3"),
    (["--act-width", "4"], "the model's activations need 8 bits, and ACT_WIDTH is 4"),
    (["--weight-width", "7"], "the model's weights need 8 bits, and WEIGHT_WIDTH is 7"),
    (["--mult-width", "8"], "the model's multipliers need 16 bits, and MULT_WIDTH is 8"),
    (
      ["--mult-width", "0"],
      "the model has requantize multipliers other than 1, and MULT_WIDTH is 0, a shift only"
    ),
    (
      ["--count-width", "4"],
      "the model's counts of reduction steps need 5 bits, and COUNT_WIDTH is 4"
    ),
    (["--images"], "Missing value for '--images <n>'"),
    (["--imagse", "1"], "Unknown option '--imagse'. Did you mean '--images'?"),
  ]) func refusesToVerify(arguments: [String], sentence: String) throws {
    try withNetwork { folder in
      let report = ["--report", "report.json"]
      expectRefusal(
        try Program.run(TinyNetwork.arguments + report + arguments, in: folder), sentence)
      #expect(try names(in: folder) == [TinyNetwork.modelFile, TinyNetwork.vectorsFile])
    }
  }

  @Test(arguments: ["--model", "--vectors"]) func needsItsFiles(option: String) throws {
    let index = try #require(TinyNetwork.arguments.firstIndex(of: option))
    var arguments = TinyNetwork.arguments
    arguments.removeSubrange(index...index + 1)
    expectRefusal(try Program.run(arguments), "Missing expected argument '\(option) <file>'")
  }

  @Test func refusesNoRounds() throws {
    expectRefusal(
      try Program.run(["bench", "--model", "m", "--vectors", "v", "--rounds", "0"]),
      "--rounds is 0; it is 1 or more")
  }

  // MARK: Places for output

  static let outputs = ["--trace", "--report", "--events", "--energy"]

  /// A file name of each option; only `--events` looks at the suffix.
  @Test(
    arguments: outputs,
    [
      ("file/x.csv", "'file/x.csv' cannot be written: not a directory"),
      ("none/x.csv", "'none/x.csv' cannot be written: no such file or directory"),
      ("/proc/x.csv", "'/proc/x.csv' cannot be written: no such file or directory"),
      ("folder.csv", "'folder.csv' is a folder; name a file"),
      ("device.csv", "'device.csv' is not a regular file; name one"),
    ]) func refusesAPlaceBeforeTheRun(option: String, place: (path: String, sentence: String))
    throws
  {
    try withNetwork { folder in
      let files = FileManager.default
      try write("mine", to: "\(folder)/file")
      try files.createDirectory(atPath: "\(folder)/folder.csv", withIntermediateDirectories: true)
      try files.createSymbolicLink(
        atPath: "\(folder)/device.csv", withDestinationPath: "/dev/full")
      let before = try names(in: folder)
      // A model that is not there: the place is looked at first.
      let arguments = TinyNetwork.arguments + ["--model", "none", option, place.path]
      expectRefusal(try Program.run(arguments, in: folder), place.sentence)
      #expect(try names(in: folder) == before)
    }
  }

  @Test(
    arguments: outputs.filter { $0 != "--events" },
    [
      ("", "'' is not a file name; name a file"), (".", "'.' is a folder; name a file"),
      ("/", "'/' is a folder; name a file"),
      ("/dev/null", "'/dev/null' is not a regular file; name one"),
    ]) func refusesWhatIsNoFileName(option: String, place: (path: String, sentence: String)) throws
  {
    expectRefusal(
      try Program.run(TinyNetwork.arguments + [option, place.path]), place.sentence)
  }

  @Test(arguments: ["events.txt", "events", ".", ""])
  func refusesAnotherSuffixOfEvents(path: String) throws {
    expectRefusal(
      try Program.run(TinyNetwork.arguments + ["--events", path]),
      "--events is '\(path)'; its name ends in .json or .csv")
  }

  @Test func refusesOneFileForTwoOutputs() throws {
    try withFolder { folder in
      let arguments = TinyNetwork.arguments + ["--report", "x.json", "--energy", "x.json"]
      expectRefusal(
        try Program.run(arguments, in: folder),
        "'x.json' is named for two outputs; name a file for each")
      #expect(try names(in: folder) == [])
    }
  }
}
