import Foundation
import Machine
import Networks
import Testing

/// `mimegen compile`: what it writes, and that it writes nothing where it cannot.
@Suite struct CompileTests {
  static let arguments =
    [
      "compile", "--model", TinyNetwork.modelFile, "--vectors", TinyNetwork.vectorsFile,
      "--axi-data-width", "64",
    ] + TinyNetwork.size

  struct Description: Decodable {
    struct Accelerator: Decodable { let hash: String, version: Int, parameters: [String: Int] }
    struct Image: Decodable { let file: String, bytes: Int, fnv1a: String, alignment: Int }
    struct Region: Decodable, Equatable { let kind: String, offset: Int, bytes: Int }
    struct Input: Decodable {
      let task: Int, taskName: String, image: Int, logits: [Int64], classNumber: Int
    }
    struct Result: Decodable {
      let form: String, offset: Int, bytes: Int, wordBytes: Int, elementBits: Int
      let isSigned: Bool, elements: Int, channels: Int
      let classesOffset: Int?, classBytes: Int?, size: Int?, pixelWords: Int?
    }
    struct Operation: Decodable {
      let number: Int, operation: String, layer: String?, task: String?, firstImage: Int
      let images: Int, countersOffset: Int?, result: Result?
    }
    struct Counters: Decodable {
      struct Counter: Decodable { let name: String, perTask: Bool }
      let bytes: Int, valueBytes: Int, tasks: Int, names: [Counter]
    }
    let generator: String, accelerator: Accelerator, image: Image, programOffset: Int
    let regions: [Region], images: [Input], operations: [Operation], counters: Counters

    init(folder: String) throws {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      self = try decoder.decode(
        Self.self, from: Data(contentsOf: URL(fileURLWithPath: "\(folder)/program.json")))
    }
  }

  @Test func describesItsImage() throws {
    let network = try TinyNetwork()
    try withNetwork(network) { folder in
      let outcome = try Program.run(
        Self.arguments + ["--images", "2", "--store-outputs", "--skip", "on", "-o", "a/b"],
        in: folder)
      #expect(outcome.status == 0)
      #expect(outcome.errors == "")
      #expect(outcome.output.hasSuffix(" operations for 4 images, and program.json to a/b.\n"))
      #expect(try names(in: "\(folder)/a/b") == ["image.bin", "program.json"])
      let program = try Description(folder: "\(folder)/a/b")
      let image = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/a/b/image.bin"))

      #expect(program.image.bytes == image.count)
      let sum = image.reduce(UInt32(0x811C_9DC5)) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
      #expect(UInt32(program.image.fnv1a.dropFirst(2), radix: 16) == sum)
      let parameters = try Machine.accelerator.parameterValues(
        program.accelerator.parameters)
      #expect(parameters == program.accelerator.parameters)
      #expect(parameters["ROWS"] == 2 && parameters["AXI_DATA_WIDTH"] == 64)
      let hash = Machine.programHash(parameters)
      #expect(UInt32(program.accelerator.hash.dropFirst(2), radix: 16) == hash)
      let offset = program.programOffset
      #expect(
        image[offset..<offset + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) } == hash)
      #expect(
        program.regions.last
          == .init(
            kind: "program", offset: offset, bytes: image.count - offset))

      #expect(program.images.map(\.task) == [0, 0, 1, 1])
      #expect(program.images.map(\.image) == [0, 1, 0, 1])
      for input in program.images {
        #expect(input.taskName == network.model.tasks[input.task])
        #expect(input.logits == network.vectors.tasks[input.task].logits?[input.image])
        #expect(input.classNumber == network.vectors.tasks[input.task].labels?[input.image])
      }
      #expect(
        program.counters.names.map(\.name) == Machine.acceleratorCounters.map(\.name))
      #expect(
        program.counters.names.map(\.perTask) == Machine.acceleratorCounters.map(\.isPerTask))
      #expect(program.operations.map(\.number) == Array(program.operations.indices))
      #expect(
        program.operations.map { "\($0.operation) \($0.layer ?? "") \($0.result?.form ?? "")" } == [
          "load  ", "layer conv1 ", "store conv1 map", "layer fc1 ", "store fc1 map",
          "layer head logits", "layer head logits",
        ])
      for operation in program.operations {
        let counters = try #require(operation.countersOffset)
        #expect(
          program.regions.contains(
            .init(kind: "counters", offset: counters, bytes: program.counters.bytes)))
        guard let result = operation.result else { continue }
        #expect(
          program.regions.contains(
            .init(kind: "results", offset: result.offset, bytes: result.bytes)))
        guard let classes = result.classesOffset, let bytes = result.classBytes else { continue }
        #expect(
          program.regions.contains(
            .init(kind: "results", offset: classes, bytes: operation.images * bytes)))
      }
    }
  }

  @Test func writesTheSameTwice() throws {
    try withNetwork { folder in
      for name in ["a", "b"] {
        let outcome = try Program.run(Self.arguments + ["-o", name], in: folder)
        #expect(outcome.status == 0)
      }
      let (first, second) = (try contents(of: "\(folder)/a"), try contents(of: "\(folder)/b"))
      #expect(first == second)
    }
  }

  /// A batch of one image each has the second one's alone.
  @Test func takesOneBatch() throws {
    try withNetwork { folder in
      let options = [
        "--images", "3", "--batch-size", "2", "--batch", "2", "--tasks", "task1,task0",
      ]
      let outcome = try Program.run(Self.arguments + options + ["-o", "out"], in: folder)
      #expect(outcome.status == 0)
      let program = try Description(folder: "\(folder)/out")
      #expect(program.images.map { "\($0.taskName) \($0.image)" } == ["task1 2", "task0 2"])
    }
  }

  @Test(arguments: [
    (["--images", "0"], "images per task is 0, and must be at least 1"),
    (
      ["--images", "4"],
      "task task0 has 3 images in vectors.safetensors, and 4 are asked for"
    ),
    (["--batch", "1"], "there is no batch 1: they go from 0 to 0"),
    (["--batch", "-1"], "there is no batch -1: they go from 0 to 0"),
    (["--batch-size", "0"], "batch size is 0, and must be at least 1"),
    (["--tasks", "task2"], "the model has no task 'task2'; it has task0, task1"),
    (["--lanes", "2"], "--lanes is for the core alone: the accelerator has a lane a column"),
    (["--rows", "257"], "ROWS is 257; it goes from 1 to 256"),
    (
      ["--axi-data-width", "48"],
      "AXI_DATA_WIDTH is 48 and must be a power of two: 32, 64, 128, 256 or 512"
    ),
    (["--act-width", "4"], "the model's activations need 8 bits, and ACT_WIDTH is 4"),
    (
      ["--skip", "maybe"],
      "The value 'maybe' is invalid for '--skip <skip>'. Please provide one of 'on' and 'off'."
    ),
    (["--model", "none"], "none: there is no such file; a safetensors file is expected"),
    (["-o", "file"], "'file' is not a folder: name a folder for the files"),
  ]) func refuses(arguments: [String], sentence: String) throws {
    try withNetwork { folder in
      try write("mine", to: "\(folder)/file")
      let before = try names(in: folder)
      let outcome = try Program.run(Self.arguments + ["-o", "out"] + arguments, in: folder)
      expectRefusal(outcome, sentence)
      #expect(try names(in: folder) == before)
    }
  }

  @Test func refusesABatchThatDoesNotFit() throws {
    try withNetwork { folder in
      let outcome = try Program.run(
        Self.arguments + ["--images", "3", "--cols", "64", "--act-buffer-kb", "1", "-o", "out"],
        in: folder)
      expectRefusal(
        outcome,
        "the activations of 6 images need 96 places, and the activation buffers have 8; an "
          + "ACT_BUFFER_KB of 12 would do, or a smaller batch")
      #expect(try names(in: folder) == [TinyNetwork.modelFile, TinyNetwork.vectorsFile])
    }
  }

  @Test func needsAFolder() throws {
    try withNetwork { folder in
      expectRefusal(
        try Program.run(Self.arguments, in: folder),
        "no output folder is given: say where the files go with -o, as in "
          + "'mimegen compile --model m.safetensors --vectors v.safetensors -o program'")
    }
  }
}
