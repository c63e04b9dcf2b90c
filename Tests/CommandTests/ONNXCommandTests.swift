import Foundation
import Testing

/// `mimegen export`, `mimegen import` and `mimegen trace`.
@Suite struct ONNXCommandTests {
  static let model = TinyNetwork.modelFile

  @Test func exportsAndImportsAgain() throws {
    try withNetwork { folder in
      let exported = try Program.run(
        ["export", Self.model, "--all", "-o", "net.onnx"], in: folder)
      #expect(exported.status == 0 && exported.errors == "")
      #expect(
        exported.output
          == "Wrote task task0 to net.task0.onnx.\nWrote task task1 to net.task1.onnx.\n")
      let imported = try Program.run(
        ["import", "task0=net.task0.onnx", "task1=net.task1.onnx", "-o", "again.safetensors"],
        in: folder)
      #expect(imported.status == 0 && imported.errors == "")
      #expect(
        imported.output.hasPrefix(
          "Wrote a network of 2 hidden layers (integers, activations u8, accumulators of "))
      #expect(imported.output.hasSuffix("for tasks task0, task1, MIME, to again.safetensors.\n"))
      let files = try contents(of: folder)
      #expect(files["again.safetensors"] == files[Self.model])
    }
  }

  @Test func exportsOneGraphOfAllTasks() throws {
    try withNetwork { folder in
      let exported = try Program.run(
        ["export", Self.model, "--multi-task", "-o", "net.onnx"], in: folder)
      #expect(exported.status == 0 && exported.errors == "")
      #expect(exported.output == "Wrote tasks task0, task1 to net.onnx.\n")
      let imported = try Program.run(["import", "net.onnx", "-o", "again.safetensors"], in: folder)
      #expect(imported.status == 0 && imported.errors == "")
      let files = try contents(of: folder)
      #expect(files["again.safetensors"] == files[Self.model])
    }
  }

  @Test func exportsRealNumbers() throws {
    try withTrainedNetwork { folder in
      let exported = try Program.run(
        ["export", TrainedNetwork.modelFile, "--all", "-o", "net.onnx"], in: folder)
      #expect(exported.status == 0 && exported.errors == "")
      #expect(exported.output == "Wrote task a to net.a.onnx.\nWrote task b to net.b.onnx.\n")
      let imported = try Program.run(
        ["import", "a=net.a.onnx", "b=net.b.onnx", "-o", "again.safetensors"], in: folder)
      #expect(imported.status == 0 && imported.errors == "")
      let files = try contents(of: folder)
      #expect(files["again.safetensors"] == files[TrainedNetwork.modelFile])
    }
  }

  @Test(arguments: [["--form", "integer", "--all"], ["--multi-task"]])
  func realNumbersHaveOneForm(options: [String]) throws {
    try withTrainedNetwork { folder in
      expectRefusal(
        try Program.run(
          ["export", TrainedNetwork.modelFile, "-o", "x.onnx"] + options, in: folder),
        "'trained.safetensors' is a network of real numbers, which has no --form and no --multi-task"
      )
      #expect(
        try names(in: folder) == [TrainedNetwork.vectorsFile, TrainedNetwork.modelFile])
    }
  }

  @Test func exportsOneTaskWithQuantizers() throws {
    try withNetwork { folder in
      let exported = try Program.run(
        ["export", Self.model, "--task", "task1", "--form", "qdq", "-o", "one.onnx"], in: folder)
      #expect(exported.status == 0 && exported.output == "Wrote task task1 to one.onnx.\n")
      let imported = try Program.run(
        ["import", "one.onnx", "--tasks", "other", "-o", "one.safetensors"], in: folder)
      #expect(imported.status == 0 && imported.output.contains(" for task other, MIME, to "))
    }
  }

  @Test func tracesOfBothPathsAreEqual() throws {
    try withNetwork { folder in
      let arguments = ["trace", "--model", Self.model, "--vectors", TinyNetwork.vectorsFile]
      let exact = try Program.run(arguments + ["-o", "exact.safetensors"], in: folder)
      let fast = try Program.run(arguments + ["--fast", "-o", "fast.safetensors"], in: folder)
      #expect(exact.status == 0 && exact.output == "Wrote 6 traced images to exact.safetensors.\n")
      #expect(fast.status == 0)
      let files = try contents(of: folder)
      #expect(files["exact.safetensors"] == files["fast.safetensors"])
      let verified = try Program.run(
        [
          "trace", "--model", Self.model, "--vectors", "exact.safetensors", "--limit", "1", "-o",
          "t",
        ], in: folder)
      #expect(verified.status == 0 && verified.output == "Wrote 2 traced images to t.\n")
    }
  }

  @Test(arguments: [
    (
      ["export", model, "-o", "x.onnx"],
      "the model has the tasks task0, task1; choose one with --task, or --all"
    ),
    (
      ["export", model, "--task", "task2", "-o", "x.onnx"],
      "the model has no task 'task2'; it has task0, task1"
    ),
    (
      ["export", model, "--task", "task0", "--all", "-o", "x.onnx"],
      "--task is one task's graph, --all one for each and --multi-task one of all: choose"
    ),
    (
      ["export", model, "--multi-task", "--form", "qdq", "-o", "x.onnx"],
      "a graph of all tasks is of integer operators; the qdq form is of one task"
    ),
    (["export", model, "--all", "-o", "x.bin"], "-o is 'x.bin'; its name ends in .onnx"),
    (
      ["export", model, "--all", "-o", "none/x.onnx"],
      "'none/x.task0.onnx' cannot be written: no such file or directory"
    ),
    (
      ["import", "none.onnx", "-o", "x"],
      "none.onnx: there is no such file; an ONNX file is expected"
    ),
    (["import", ".", "-o", "x"], ".: this is not a regular file; an ONNX file is expected"),
    (
      ["import", "/dev/zero", "-o", "x"],
      "/dev/zero: this is not a regular file; an ONNX file is expected"
    ),
    (
      ["import", model, "-o", "x"],
      "\(model): this is no ONNX file, or it is truncated: it is not a protobuf message"
    ),
    (
      ["import", "a.onnx", "b.onnx", "-o", "x"],
      "of several graphs each must be named by its task: fashion=a.onnx digits=b.onnx"
    ),
    (
      ["import", "a=a.onnx", "b=b.onnx", "--tasks", "c", "-o", "x"],
      "--tasks names the tasks of one graph; several are named as task=model.onnx"
    ),
    (
      ["import", "a.onnx", "--input-scale", "0", "-o", "x"],
      "--input-scale is 0.0 and must be above 0"
    ),
    (
      ["trace", "--model", model, "--vectors", TinyNetwork.vectorsFile, "--limit", "0", "-o", "x"],
      "--limit is 0 and must be at least 1"
    ),
  ]) func refuses(arguments: [String], sentence: String) throws {
    try withNetwork { folder in
      expectRefusal(try Program.run(arguments, in: folder), sentence)
      #expect(try names(in: folder) == [TinyNetwork.modelFile, TinyNetwork.vectorsFile])
    }
  }
}
