import Golden
import Networks
import Testing

/// A single wrong number in the vectors is found and named.
@Suite struct VectorCheckTests {
  enum Fault: CaseIterable { case accumulator, mask, activation, logit, tracedLogit }

  static let expectations: [(Fault, String)] = [
    (
      .accumulator,
      "task task1, image 1, layer conv2, channel 2, row 1, column 3: the accumulator is"
    ),
    (.mask, "task task1, image 1, layer conv2, channel 2, row 1, column 3: the mask is"),
    (
      .activation, "task task1, image 1, layer conv2, channel 2, row 1, column 3: the activation is"
    ),
    (.logit, "task task1, image 2, layer head, channel 1, row 0, column 0: the logit is"),
    (.tracedLogit, "task task1, image 0, layer head, channel 1, row 0, column 0: the logit is"),
  ]

  private func faulty(_ fault: Fault?) throws -> (GoldenModel, Vectors) {
    let golden = try GoldenModel(
      SyntheticModel.make(
        seed: 5,
        layers: [
          .convolution("conv1", inputChannels: 1, outputChannels: 2, size: 4),
          // From 4x4 to 5x5.
          .convolution(
            "conv2", inputChannels: 2, outputChannels: 3, size: 4, kernel: 2, isPooled: true),
        ]))
    let images = SyntheticModel.images(for: golden.model, count: 3, seed: 6)
    let tasks = golden.model.tasks.indices.map { task in
      let inferences = images.map { golden.infer($0, task: task) }
      var traces = inferences.prefix(2).map { inference in
        inference.layers.map {
          LayerTrace(accumulators: $0.accumulators, mask: $0.mask, activations: $0.activations)
        }
      }
      var logits = inferences.map(\.logits)
      if task == 1 {
        let neuron = 2 * 25 + 1 * 5 + 3
        traces[1][1] = traces[1][1].changed(fault, at: neuron)
        if fault == .logit { logits[2][1] += 1 }
        if fault == .tracedLogit { logits[0][1] += 1 }
      }
      return TaskVectors(images: images, logits: logits, traces: traces)
    }
    return (golden, Vectors(tasks: tasks))
  }

  @Test func vectorsOfTheModelItselfPass() throws {
    let (golden, vectors) = try faulty(nil)
    #expect(golden.check(vectors) == VectorCheck(images: 6, tracedImages: 4, mismatch: nil))
    #expect(
      golden.check(vectors, limit: 1) == VectorCheck(images: 2, tracedImages: 2, mismatch: nil))
  }

  @Test(arguments: expectations) func faultIsNamed(_ fault: Fault, _ place: String) throws {
    let (golden, vectors) = try faulty(fault)
    let check = golden.check(vectors)
    let mismatch = try #require(check.mismatch)
    // Task 0 passes: 2 traces and 3 images. Then traces come before logits, by the exact path.
    let passedTraces = [.accumulator, .mask, .activation].contains(fault) ? 1 : 0
    #expect(check.tracedImages == 2 + (fault == .logit ? 2 : passedTraces))
    #expect(check.images == 3 + (fault == .logit ? 2 : 0))
    #expect(
      mismatch.description
        == "\(place) \(mismatch.expected) in the vectors and \(mismatch.actual) in the golden model"
    )
    #expect(abs(mismatch.expected - mismatch.actual) == 1)
  }
}

extension LayerTrace {
  /// With one level's number at `neuron` changed by 1.
  fileprivate func changed(_ fault: VectorCheckTests.Fault?, at neuron: Int) -> LayerTrace {
    var accumulators = accumulators
    var mask = mask
    var activations = activations
    switch fault {
    case .accumulator: accumulators?[neuron] += 1
    case .mask: mask?[neuron].toggle()
    case .activation: activations?[neuron] += 1
    case .logit, .tracedLogit, nil: break
    }
    return LayerTrace(accumulators: accumulators, mask: mask, activations: activations)
  }
}
