import Golden
import Machine
import Mapping
import Networks
import Testing

@testable import Cosimulation
@testable import Programs

/// Column blocks whose weights do not fit their buffer.
@Suite struct StreamedWeightsTests {
  /// The steps after the last one that is needed are more than the buffer holds.
  @Test(arguments: [1, 5, 341, 599], [1, 2]) func skipsTheEndOfABlock(needed: Int, images: Int)
    throws
  {
    let shape = try AcceleratorShape(
      ProgramBench.parameters.merging(["ACT_BUFFER_KB": 2]) { $1 })
    let library = try ProgramBench.library(
      parameters: shape.parameters, .init(Machine.accelerator.verilogFiles()))
    let model = try SyntheticModel.make(
      seed: 1,
      layers: [.convolution("a", inputChannels: 600, outputChannels: 4, size: 1, kernel: 1)])
    #expect(shape.weightLine.lines(600) - shape.weightLine.lines(1) > shape.weightLines)
    let inputs = (0..<images).map { _ in
      (0..<600).map { Int32($0 < needed ? 1 + $0 % 200 : 0) }
    }
    let batch = Batch(images: (0..<images).map { BatchImage(task: $0, image: 0) })
    var options = Program.Options()
    options.skips = true
    options.storesOutputs = true
    let program = try Program(
      try NetworkImage(model, on: shape), batch: batch, inputs: inputs, options: options)
    let accelerator = try SimulatedAccelerator(
      library, memory: SimulatedMemory(bytes: program.memory.bytes.count))
    try accelerator.run(program, limit: 200_000)
    let golden = try GoldenModel(model)
    #expect(
      program.logits(in: UnsafeRawBufferPointer(accelerator.memory.bytes))
        == inputs.enumerated().map { golden.infer($1, task: $0).logits })
  }
}
