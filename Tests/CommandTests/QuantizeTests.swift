import Foundation
import Testing

@testable import Networks

/// `mimegen quantize`, `mimegen evaluate` and `mimegen infer`.
@Suite struct QuantizeTests {
  static let quantize = [
    "quantize", "--model", TrainedNetwork.modelFile, "--vectors", TrainedNetwork.vectorsFile,
  ]
  static let evaluate = [
    "evaluate", "--model", "m.safetensors", "--vectors", TrainedNetwork.vectorsFile,
  ]

  @Test func quantizesAndEvaluates() throws {
    try withTrainedNetwork { folder in
      let written = try Program.run(Self.quantize + ["-o", "m.safetensors"], in: folder)
      #expect(written.status == 0 && written.errors == "")
      #expect(
        written.output.hasPrefix(
          "MIME, 2 tasks: u8 images, u8 activations, weights of 8 bits, multipliers of 16 bits, "
            + "half-even\n"))
      #expect(written.output.hasSuffix(" bits, for every input.\n"))
      let model = try Model.load("\(folder)/m.safetensors")
      #expect(model.weightWidth == 8 && model.activation.width == 8)
      let outcome = try Program.run(
        Self.evaluate
          + ["--float", TrainedNetwork.modelFile, "--max-loss", "0", "--report", "r.json"],
        in: folder)
      #expect(outcome.status == 0 && outcome.errors == "")
      #expect(
        outcome.output.hasPrefix(
          """
          task  images  integers      real  points lost  same class
          ----  ------  --------  --------  -----------  ----------
          a         40  100.00 %  100.00 %         0.00    100.00 %
          b         40  100.00 %  100.00 %         0.00    100.00 %

          80 images, 
          """))
      #expect(
        try text("\(folder)/r.json") == """
          {
            "float" : "trained.safetensors",
            "model" : "m.safetensors",
            "schema" : "mimegen-evaluate/1",
            "tasks" : [
              {
                "correct" : 40,
                "images" : 40,
                "real_correct" : 40,
                "same_class" : 40,
                "task" : "a"
              },
              {
                "correct" : 40,
                "images" : 40,
                "real_correct" : 40,
                "same_class" : 40,
                "task" : "b"
              }
            ]
          }

          """)
    }
  }

  /// A network of two bits is worse than its original, and that is a difference.
  @Test func losesTooMuch() throws {
    try withTrainedNetwork { folder in
      let options = [
        "--weight-width", "2", "--activation-width", "2", "--scale-per", "layer", "--range", "max",
        "--threshold-width", "2", "--scales", "power-of-two", "-o", "m.safetensors",
      ]
      #expect(try Program.run(Self.quantize + options, in: folder).status == 0)
      let outcome = try Program.run(
        Self.evaluate + ["--float", TrainedNetwork.modelFile, "--max-loss", "1"], in: folder)
      #expect(outcome.status == 1)
      let last = outcome.output.split(separator: "\n").last ?? ""
      #expect(
        last.hasPrefix("FAILED: task a loses ")
          && last.hasSuffix(" points to real numbers, and may lose 1.0"))
    }
  }

  /// The same bytes every time, and from every form of the images.
  @Test func theSameFromEveryForm() throws {
    try withTrainedNetwork { folder in
      try TrainedNetwork.idx(TrainedNetwork.images)
        .write(to: URL(fileURLWithPath: "\(folder)/images.idx"))
      let forms = [
        Self.quantize,
        Self.quantize.prefix(3) + ["--images", "a=images.idx", "--images", "b=images.idx"],
      ]
      let contents = try (forms + forms).enumerated().map { index, form in
        let outcome = try Program.run(form + ["-o", "\(index).safetensors"], in: folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(index).safetensors"))
      }
      #expect(Set(contents).count == 1)
    }
  }

  @Test(arguments: [
    (["--weight-width", "1"], "the width of weights is 1 bits and must be 2 to 24"),
    (["--multiplier-width", "0"], "the width of multipliers is 0 bits and must be 1 to 32"),
    (["--range", "p0"], "the percentile is 0.0 and must be above 0 and at most 100"),
    (["--range", "q"], "The value 'q' is invalid for '--range <trained|max|p99.99|mse>'"),
    (
      ["--range", "trained"],
      "--range is trained, but '\(TrainedNetwork.modelFile)' was learned without activation_step; max, mse or a "
        + "percentile would do"
    ),
    (["--limit", "0"], "--limit is 0 and must be at least 1"),
    (
      ["--accumulator-width", "12"],
      "the worst case of layer conv1 needs an accumulator of 18 bits, but it has 12; the model needs 18"
    ),
    (
      ["--images", "a=x.idx"], "name the images: either with --vectors or with --images"
    ),
    (["--pad"], "--labels and --pad go with --images; --vectors has labels of its own"),
  ]) func refusesOptions(options: [String], message: String) throws {
    try withTrainedNetwork { folder in
      expectRefusal(
        try Program.run(Self.quantize + ["-o", "m.safetensors"] + options, in: folder), message)
      #expect(
        try names(in: folder) == [TrainedNetwork.vectorsFile, TrainedNetwork.modelFile])
    }
  }

  @Test(arguments: [
    (["--images", "x.idx"], "--images is 'x.idx' and must be task=file, with a task of a, b"),
    (["--images", "c=x.idx"], "there is no task 'c'; the network's tasks are a, b"),
    (["--images", "a=none.idx"], "none.idx: there is no such file"),
    (
      ["--images", "a=images.idx", "--images", "a=images.idx"],
      "--images names two files for task a"
    ),
    (
      ["--images", "a=images.idx", "--labels", "b=labels.idx"],
      "there are labels of task b, but no images"
    ),
    (
      ["--images", "a=images.idx", "--labels", "a=labels.idx"],
      "labels.idx: it has 3 labels for 4 images"
    ),
    (
      ["--images", "a=labels.idx"],
      "labels.idx: it has dimensions [3], but the network takes [images, 1, 6, 6]"
    ),
    (
      ["--images", "a=small.idx"],
      "small.idx: its images are 5 x 5, but the network takes 6 x 6; --pad puts zeros around them"
    ),
  ]) func refusesImages(options: [String], message: String) throws {
    try withTrainedNetwork { folder in
      for (name, data) in [
        ("images.idx", TrainedNetwork.idx(4)), ("labels.idx", TrainedNetwork.labels(3)),
        ("small.idx", TrainedNetwork.idx(1, size: 5)),
      ] {
        try data.write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
      }
      expectRefusal(
        try Program.run(
          ["quantize", "--model", TrainedNetwork.modelFile, "-o", "m.safetensors"] + options,
          in: folder), message)
    }
  }

  @Test func refusesNetworksThatDiffer() throws {
    try withTrainedNetwork { folder in
      let tiny = try TinyNetwork()
      try tiny.write(to: folder)
      expectRefusal(
        try Program.run(
          [
            "evaluate", "--model", TinyNetwork.modelFile, "--vectors", TinyNetwork.vectorsFile,
            "--float", TrainedNetwork.modelFile,
          ], in: folder),
        "trained.safetensors is of u8 images of 1 x 6 x 6, tasks a of 3 classes, b of 3 classes, but "
          + "model.safetensors is of u8 images of 1 x 4 x 4, tasks task0 of 3 classes, task1 of 3 "
          + "classes; both must be the same")
      expectRefusal(
        try Program.run(
          ["quantize", "--model", TinyNetwork.modelFile, "--vectors", "v", "-o", "m"],
          in: folder),
        "model.safetensors: this is a network of integers, with 'activation' in its metadata; one of "
          + "real numbers is expected")
    }
  }

  // MARK: infer

  @Test func infersOnBoth() throws {
    try withTrainedNetwork { folder in
      #expect(try Program.run(Self.quantize + ["-o", "m.safetensors"], in: folder).status == 0)
      try TrainedNetwork.idx(2).write(to: URL(fileURLWithPath: "\(folder)/two.idx"))
      let golden = try Program.run(
        ["infer", "--model", "m.safetensors", "--task", "a", "two.idx", "--top", "1"], in: folder)
      #expect(golden.status == 0 && golden.errors == "")
      let rows = golden.output.split(separator: "\n").dropFirst(2)
        .map { $0.split(separator: " ").prefix(2).map(String.init) }
      #expect(rows == [["two.idx[0]", "0"], ["two.idx[1]", "1"]])
      let both = try Program.run(
        [
          "infer", "--model", "m.safetensors", "--task", "b", "two.idx", "--on", "both", "--costs",
          "eyeriss", "--rows", "2", "--cols", "3",
        ], in: folder)
      #expect(both.status == 0 && both.errors == "")
      let header = both.output.split(separator: "\n")[0].split(separator: " ")
      #expect(header == ["image", "golden", "rtl", "cycles", "energy", "largest", "logits"])
      #expect(both.output.hasSuffix("Golden model and accelerator are equal.\n"))
    }
  }

  @Test(arguments: [
    (["two.idx"], "name the images' task with --task; the network's tasks are task0, task1"),
    (["two.idx", "--task", "z"], "there is no task 'z'; the network's tasks are task0, task1"),
    (
      ["two.idx", "--task", "task0"],
      "two.idx: its images are 6 x 6, but the network takes 4 x 4"
    ),
    (["bad.png", "--task", "task0"], "bad.png: it is no PNG, npy or IDX file"),
    (["two.idx", "--task", "task0", "--top", "0"], "--top is 0 and must be at least 1"),
  ]) func inferRefuses(options: [String], message: String) throws {
    try withNetwork { folder in
      try TrainedNetwork.idx(2).write(to: URL(fileURLWithPath: "\(folder)/two.idx"))
      try write("no picture", to: "\(folder)/bad.png")
      expectRefusal(
        try Program.run(["infer", "--model", TinyNetwork.modelFile] + options, in: folder), message)
    }
  }
}
