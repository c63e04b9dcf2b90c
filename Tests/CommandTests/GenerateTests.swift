import Foundation
import Machine
import Testing

/// `mimegen` and `mimegen generate`: what is written, and that it is written whole or not at all.
@Suite struct GenerateTests {
  @Test(arguments: [
    [],
    [
      "--rows", "4", "--cols", "3", "--lanes", "2", "--rounding", "floor", "--axi-data-width", "64",
      "--act-buffer-kb", "3",
    ],
  ]) func isTheDefaultCommand(options: [String]) throws {
    try withFolder { folder in
      let byDefault = try Program.run(options + ["-o", "a"], in: folder)
      let byName = try Program.run(["generate"] + options + ["--output", "b"], in: folder)
      for outcome in [byDefault, byName] {
        #expect(outcome.status == 0)
        #expect(outcome.errors == "")
      }
      #expect(
        byDefault.output
          == "Wrote mime_core and mime_accelerator, 33 Verilog files, to a; mime_accelerator.md says "
          + "what the others are.\n")
      let written = try contents(of: "\(folder)/a")
      #expect(written == (try contents(of: "\(folder)/b")))
      var values: [String: Int] = [:]
      if !options.isEmpty { values = ["ROWS": 4, "COLS": 3, "ROUNDING": 3] }
      let core = try CoreFiles(
        defaults: values.merging(options.isEmpty ? [:] : ["LANES": 2]) { $1 })
      if !options.isEmpty { values.merge(["AXI_DATA_WIDTH": 64, "ACT_BUFFER_KB": 3]) { $1 } }
      let accelerator = try AcceleratorFiles(defaults: values, core: core)
      let expected = (core.all + accelerator.all).map { ($0.name, Data($0.text.utf8)) }
      #expect(written == Dictionary(uniqueKeysWithValues: expected))
    }
  }

  @Test func makesFoldersAndReplacesAnOlderOutput() throws {
    try withFolder { folder in
      #expect(try Program.run(["--rows", "5", "-o", "x/y/z"], in: folder).status == 0)
      let older = try contents(of: "\(folder)/x/y/z")
      try write("mine", to: "\(folder)/x/y/z/notes.txt")
      #expect(try Program.run(["-o", "\(folder)/x/y/z/"]).status == 0)
      var newer = try contents(of: "\(folder)/x/y/z")
      #expect(newer.removeValue(forKey: "notes.txt") == Data("mine".utf8))
      #expect(newer.keys == older.keys)
      #expect(newer["mime_core.v"] != older["mime_core.v"])
      #expect(newer["mime_pe.v"] == older["mime_pe.v"])
    }
  }

  /// A core that is too large for an accelerator comes alone, unless one is asked for.
  @Test func writesALargeCoreAlone() throws {
    try withFolder { folder in
      let outcome = try Program.run(["--rows", "300", "--cols", "2", "-o", "out"], in: folder)
      #expect(
        outcome.output
          == "Wrote 9 Verilog files, mime_core.f and mime_config.json to out; mime_accelerator has "
          + "up to 256 rows and columns.\n")
      #expect(try names(in: "\(folder)/out").count == 11)
      expectRefusal(
        try Program.run(["--rows", "300", "--feed-banks", "1", "-o", "none"], in: folder),
        "ROWS is 300; it goes from 1 to 256")
      #expect(try names(in: folder) == ["out"])
    }
  }

  @Test func needsAFolder() throws {
    expectRefusal(
      try Program.run([]),
      "no output folder is given: say where the files go with -o, as in "
        + "'mimegen --rows 16 --cols 16 -o rtl'")
  }

  @Test(arguments: [
    ("", "'' is not a folder: name a folder for the files"),
    ("file", "'file' is not a folder: name a folder for the files"),
    ("file/below", "the folder 'file/below' cannot be made: not a directory"),
    ("/proc/x", "the folder '/proc/x' cannot be made: no such file or directory"),
    ("/dev/full", "'/dev/full' is not a folder: name a folder for the files"),
    (
      "new/" + String(repeating: "x", count: 300),
      "the folder 'new/\(String(repeating: "x", count: 300))' cannot be made: file name too long"
    ),
  ]) func refusesAFolderThatCannotBeWritten(path: String, sentence: String) throws {
    try withFolder { folder in
      try write("mine", to: "\(folder)/file")
      expectRefusal(try Program.run(["-o", path], in: folder), sentence)
      #expect(try names(in: folder) == ["file"])
      #expect(try text("\(folder)/file") == "mine")
    }
  }

  /// A limit on the size of files stands in for a full disk: the first files still fit.
  @Test func leavesNothingOnAFullDisk() throws {
    try withFolder { folder in
      let outcome = try Program.shell(
        "trap '' XFSZ; ulimit -f 8; exec \"$mimegen\" -o a/b", in: folder)
      expectRefusal(outcome, "the folder 'a/b' cannot be written: file too large")
      #expect(try names(in: folder) == [])
    }
  }

  @Test func leavesAnOlderOutputWholeAfterAnError() throws {
    try withFolder { folder in
      #expect(try Program.run(["--rows", "5", "-o", "out"], in: folder).status == 0)
      let older = try contents(of: "\(folder)/out")
      let full = try Program.shell(
        "trap '' XFSZ; ulimit -f 8; exec \"$mimegen\" -o out", in: folder)
      expectRefusal(full, "the folder 'out' cannot be written: file too large")
      #expect(try contents(of: "\(folder)/out") == older)
    }
  }

  @Test func refusesAFolderInPlaceOfAFile() throws {
    try withFolder { folder in
      let place = "\(folder)/out/mime_pe.v"
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
      expectRefusal(
        try Program.run(["-o", "out"], in: folder),
        "the folder 'out' cannot be written: 'out/mime_pe.v' is a folder")
      #expect(try names(in: "\(folder)/out") == ["mime_pe.v"])
    }
  }
}
