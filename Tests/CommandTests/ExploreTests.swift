import Foundation
import Testing

/// `mimegen explore`: its file, going on after a kill, the front on the RTL, and what it refuses.
@Suite struct ExploreTests {
  static let shapes = ["explore", "--network", "vgg16-32", "--sparsity", "0.5", "--images", "1"]
  static let space = [
    "--rows", "1..16", "--cols", "4..64:4", "--pes", "64..128", "--feed-banks", "1,2", "--skip",
    "both",
    "--act-buffer-kb", "16..128x2",
  ]
  static let network = [
    "explore", "--model", TinyNetwork.modelFile, "--vectors", TinyNetwork.vectorsFile, "--images",
    "2",
  ]

  private static func objects(_ path: String) throws -> [[String: Any]] {
    try text(path).split(separator: "\n").map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  /// The front that is printed is that of the file's lines, and the picture has a point for each of it.
  @Test func printsAndDrawsTheFrontOfItsFile() throws {
    try withFolder { folder in
      let outcome = try Program.run(
        Self.shapes + Self.space + ["-o", "d.jsonl", "--plot", "front.svg"], in: folder)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let designs = try Self.objects("\(folder)/d.jsonl")
      #expect(designs.map { $0["design"] as? Int } == Array(0..<designs.count))
      #expect(outcome.errors.hasPrefix("\(designs.count) designs in "))
      #expect(outcome.errors.hasSuffix(" a second\n"))
      let values = try designs.map { design in
        try ["energy_MAC_eyeriss", "cycles", "buffer_bits"].map {
          try #require(design[$0] as? NSNumber).doubleValue
        }
      }
      let fits = designs.map { $0["activations_fit"] as? Bool == true }
      #expect(fits.contains(true) && fits.contains(false))
      let front = values.indices.filter { place in
        fits[place]
          && !zip(values, fits).filter(\.1).map(\.0).contains {
            zip($0, values[place]).allSatisfy { $0 <= $1 } && $0 != values[place]
          }
      }.sorted { values[$0].lexicographicallyPrecedes(values[$1]) }
      let printed = outcome.output.split(separator: "\n").compactMap {
        $0.split(separator: " ").first.flatMap { Int($0) }
      }
      try #require(front.count > 3 && front.count <= 40)
      #expect(printed == front)
      #expect(
        outcome.output.contains(
          "\(front.count) of \(designs.count) designs are on the Pareto front"))
      let picture = try text("\(folder)/front.svg")
      #expect(picture.components(separatedBy: " point\">").count - 1 >= front.count)
      for place in front { #expect(picture.contains("design \(place): ")) }
      #expect(!picture.contains("http://www.w3.org/1999/xhtml") && !picture.contains("href"))
    }
  }

  /// A file that was cut anywhere is completed to the bytes of one run.
  @Test func goesOnWhereAFileEnds() throws {
    try withFolder { folder in
      let command = Self.shapes + Self.space
      let whole = try Program.run(command + ["-o", "whole.jsonl"], in: folder)
      let bytes = Data(try text("\(folder)/whole.jsonl").utf8)
      let line = bytes.firstIndex(of: UInt8(ascii: "\n"))!
      for size in [0, 1, line, line + 1, line + 2, bytes.count / 2, bytes.count - 1, bytes.count] {
        try bytes.prefix(size).write(to: URL(fileURLWithPath: "\(folder)/cut.jsonl"))
        let resumed = try Program.run(command + ["-o", "cut.jsonl", "--resume"], in: folder)
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(resumed.output == whole.output)
        #expect(
          try Data(contentsOf: URL(fileURLWithPath: "\(folder)/cut.jsonl")) == bytes, "at \(size)")
        let lines = bytes.prefix(size).count { $0 == UInt8(ascii: "\n") }
        #expect(resumed.errors.contains(", after ") == (lines > 0))
      }
    }
  }

  /// The same after a run that was killed in the middle.
  @Test func goesOnAfterAKill() throws {
    try withFolder { folder in
      let command = [
        "explore --network vgg16-32 --sparsity 0.5 --images 1 --rows 1..16 --cols 2..32:2",
        "--act-buffer-kb 8..256x2 --weight-buffer-kb 8..256x2",
      ].joined(separator: " ")
      let killed = try Program.shell(
        """
        $mimegen \(command) -o d.jsonl & pid=$!
        until [ -s d.jsonl ]; do sleep 0.01; done
        kill -9 $pid; wait $pid; stat -c %s d.jsonl
        $mimegen \(command) -o d.jsonl --resume > resumed.txt && $mimegen \(command) -o whole.jsonl > whole.txt
        """, in: folder)
      #expect(killed.status == 0, "\(killed.errors)")
      let size = try #require(Int(killed.output.split(separator: "\n").first ?? ""))
      let whole = try text("\(folder)/whole.jsonl")
      #expect(size > 0 && size < whole.utf8.count, "the run ended before it was killed")
      #expect(try text("\(folder)/d.jsonl") == whole)
      #expect(try text("\(folder)/resumed.txt") == text("\(folder)/whole.txt"))
    }
  }

  /// Zeros are measured, a design runs on the RTL, and a fault in the Verilog ends with 1.
  @Test func verifiesTheFront() throws {
    try withNetwork { folder in
      let command =
        Self.network + TinyNetwork.size + ["--skip", "both", "--costs", "horowitz-45nm"]
        + ["--verify-front", "--verify-limit", "1"]
      let outcome = try Program.run(command, in: folder)
      #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
      #expect(outcome.output.contains("zeros: measured on vectors.safetensors, independent"))
      #expect(outcome.output.contains("that the Verilog can do, measured in RTL"))
      let row = try #require(outcome.output.split(separator: "\n").last { $0.hasSuffix("equal") })
      #expect(row.contains(" %  "))
      _ = try Program.run(["-o", "rtl"] + TinyNetwork.size, in: folder)
      try replace(
        "macs_in + {{(MACS_WIDTH - 1){1'b0}}, enable}",
        by: "macs_in + {{(MACS_WIDTH - 1){1'b0}}, nonzero_in}", in: "\(folder)/rtl/mime_pe.v")
      let faulty = try Program.run(command + ["--rtl", "rtl"], in: folder)
      #expect(faulty.status == 1, "\(faulty.errors)")
      #expect(faulty.output.contains("DIFFER"))
      #expect(faulty.output.contains("FAILED: design "))
      #expect(faulty.output.contains("\nTo repeat: mimegen run --model model.safetensors "))
    }
  }

  /// Without skips the model of measured zeros is exact: the RTL's figures stand beside an error of nothing.
  @Test func hasNoErrorWithoutSkips() throws {
    try withNetwork { folder in
      let outcome = try Program.run(
        Self.network + TinyNetwork.size + ["--verify-front"], in: folder)
      #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
      let row = try #require(outcome.output.split(separator: "\n").last { $0.hasSuffix("equal") })
      #expect(row.components(separatedBy: "+0.000 %").count == 3, "\(row)")
    }
  }

  @Test(arguments: [
    (
      ["--rows", "0"],
      "'0' is not a whole number above 0; write 8, 1,2,4, 1..16, 4..64:4 or 4..64x2"
    ),
    (["--cols", "9..4"], "the range '9..4' is empty: 9 is more than 4"),
    (["--pes", "0"], "'0' is neither a number of PEs above 0 nor a range, as 128..256"),
  ]) func refusesWhatIsNoValue(options: [String], sentence: String) throws {
    let outcome = try Program.run(Self.shapes + options)
    #expect(outcome.status == 2 && outcome.output == "")
    #expect(outcome.sentence.hasSuffix("': \(sentence)"), "\(outcome.sentence)")
  }

  @Test(arguments: [
    (
      ["--rows", "3", "--cols", "5,7", "--pes", "16"],
      "no design is left: no rows times columns are 16 PEs"
    ),
    (
      ["--rows", "1..3000", "--cols", "1..3000"],
      "there are more than 4000000 designs; take fewer values, larger steps or --pes"
    ),
    (["--rows", "2000000"], "ROWS is 2000000; the model takes 1 to 1048576"),
    (["--axi-data-width", "96"], "AXI_DATA_WIDTH is 96 and must be a power of two"),
    (
      ["--cols", "300", "--front", "rtl"],
      "no design is left: the Verilog can do none of them; take other values or --front all"
    ),
    (
      ["--act-buffer-kb", "1..3"],
      "no design is left: the activation buffers of none hold every layer's map; take larger ones, "
        + "fewer images in a batch, or --front all"
    ),
    (
      ["--network", "none"],
      "'none' is no network; name one of vgg16-32, vgg16-64, vgg16-224, resnet18-224, "
        + "mobilenetv1-224, or a file that ends in .json or .csv"
    ),
    (["-o", "none/d.jsonl"], "'none/d.jsonl' cannot be written: no such file or directory"),
    (["--plot", "/"], "'/' is a folder; name a file"),
    (["-o", "a", "--plot", "a"], "'a' is named for two outputs; name a file for each"),
    (["--resume"], "--resume goes on with a file: name it with --output"),
    (["--verify-front"], "--verify-front runs a model: give --model and --vectors"),
    (["--sparsity", "1.5"], "--sparsity is 1.5 and must be 0 to 1"),
    (["--profile", "p.json"], "--sparsity and --profile both say what is zero; give one"),
    (["--images", "all"], "--images all needs --vectors; give a number"),
    (["--tasks", "x"], "there is no task 'x'; the network has "),
    (["--costs", "x"], "x: there is no such file; name a cost table, "),
  ]) func refuses(options: [String], sentence: String) throws {
    try withFolder { folder in
      let outcome = try Program.run(Self.shapes + options, in: folder)
      #expect(outcome.status == 2)
      #expect(outcome.sentence.hasPrefix("Error: \(sentence)"), "\(outcome.sentence)")
      #expect(try names(in: folder) == [])
    }
  }

  /// Files of other explorations and profiles of other networks.
  @Test func refusesWhatIsOfAnother() throws {
    try withNetwork { folder in
      _ = try Program.run(Self.shapes + ["-o", "d.jsonl"], in: folder)
      let before = try text("\(folder)/d.jsonl")
      expectRefusal(
        try Program.run(
          Self.shapes + ["--costs", "horowitz-45nm", "-o", "d.jsonl", "--resume"], in: folder),
        "line 1 of 'd.jsonl' is not of this exploration; give the options that it was begun with, or "
          + "another file")
      #expect(try text("\(folder)/d.jsonl") == before)
      let cycles = try #require(before.firstMatch(of: /"cycles":\d+/)?.output)
      try replace(String(cycles), by: "\"cycles\":7", in: "\(folder)/d.jsonl")
      expectRefusal(
        try Program.run(Self.shapes + ["-o", "d.jsonl", "--resume"], in: folder),
        "line 1 of 'd.jsonl' has other numbers than the model; begin anew without --resume")
      _ = try Program.run(
        ["profile"] + Self.network.dropFirst() + TinyNetwork.size + ["-o", "p.json"], in: folder)
      let outcome = try Program.run(
        ["explore", "--network", "vgg16-32", "--profile", "p.json"], in: folder)
      #expect(outcome.status == 2)
      #expect(
        outcome.sentence.hasPrefix(
          "Error: the profile has the layers conv1, fc1, head, and the network conv1, conv2, "),
        "\(outcome.sentence)")
      let own = try Program.run(
        Self.network + TinyNetwork.size + ["--profile", "p.json"], in: folder)
      #expect(own.status == 0 && own.output.contains("zeros: profile p.json, independent"))
      expectRefusal(
        try Program.run(["explore", "--network", "vgg16-32"], in: folder),
        "a network by its shapes needs its zeros: --profile with a file, or --sparsity")
      expectRefusal(
        try Program.run(["explore"], in: folder),
        "name the network: --network with a name or file, or --model with --vectors")
    }
  }
}
