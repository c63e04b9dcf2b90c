import Mapping
import Networks
import Testing

@Suite struct LayerEventsTests {
  @Test(arguments: Example.table, Shape.table)
  func closedFormsEqualTheWalk(example: Example, shape: Shape) throws {
    for sharing in Sharing.table {
      let model = try example.model(sharing.mode)
      let (inputs, masks) = example.values(of: model, layer: sharing.layer)
      let walk = TileWalk(
        model: model, layer: sharing.layer, batch: Example.batch, array: try shape.array,
        inputs: inputs, masks: masks)
      let exact = try LayerEvents(
        exact: LayerMapping(
          model: model, layer: sharing.layer, batch: Example.batch, array: shape.array),
        inputs: inputs, masks: masks, taskCount: model.tasks.count)
      let differences = exact.differences(from: walk.events)
      #expect(differences.isEmpty, "\(sharing.testDescription): \(differences)")
    }
  }

  /// A 2x2 map, two outputs, one image with a zero, by hand: each input is read from all four
  /// positions, and 20 of the 36 taps fall on the padding.
  @Test func handComputedConvolution() throws {
    let example = Example(
      layer: .convolution("hand", inputChannels: 1, outputChannels: 2, size: 2))
    let model = try example.model(.mime)
    let mapping = try LayerMapping(
      model: model, layer: 0, batch: Batch(images: [BatchImage(task: 1, image: 0)]),
      array: ArrayShape(rows: 3, columns: 4, lanes: 2))
    let events = try LayerEvents(
      exact: mapping, inputs: [[1, 0, 2, 3]],
      masks: [[true, false, true, true, false, false, false, true]], taskCount: 3)
    let expected: [(Event, Int)] = [
      (.macActive, 3 * 4 * 2), (.macGated, (4 + 20) * 2), (.macSkipped, 0),
      (.thresholdCompare, 8), (.thresholdMasked, 4), (.requantize, 4), (.actWord, 36),
      (.resultWord, 8),
      // Two tiles of nine steps, the first with three live rows and the second with one.
      (.slotIdle, 9 * (12 - 6) + 9 * (12 - 2)), (.actBeat, 18), (.weightBeat, 18),
      (.weightWord, 36), (.channelBeat, 4), (.thresholdBeat, 12), (.resultBeat, 8),
      // D = 6, so that no tile waits: 18 steps, then 6 + 3 + 4 - 2 + 5.
      (.cycleTotal, 34), (.cycleCompute, 18), (.cycleStallResult, 0), (.cycleStallThreshold, 0),
      (.cycleStallDrain, 0), (.cycleStallOperand, 0), (.cycleDrain, 16), (.cycleStallHold, 0),
    ]
    #expect(expected.map(\.0) == Event.allCases)
    for (event, count) in expected {
      #expect(events.total(event) == count, "\(event.rawValue)")
      if event.isPerTask { #expect(events[event, task: 1] == count, "\(event.rawValue)") }
    }
  }

  @Test func countsOfBatchesAdd() throws {
    let example = Example.table[1]
    let model = try example.model(.mime)
    let (inputs, masks) = example.values(of: model, layer: 0)
    let mapping = try LayerMapping(
      model: model, layer: 0, batch: Example.batch, array: ArrayShape(rows: 3, columns: 4))
    let once = try LayerEvents(exact: mapping, inputs: inputs, masks: masks, taskCount: 3)
    var sum = LayerEvents(layer: once.layer, taskCount: 3)
    #expect(sum.rows.allSatisfy { $0.count == 0 })
    sum += once
    #expect(sum == once)
    sum += once
    #expect(sum.rows.map(\.count) == once.rows.map { 2 * $0.count })
    #expect(sum.rows.map(\.event) == once.rows.map(\.event))
  }

  @Test func differencesNameEventLayerAndTask() {
    let expected = LayerEvents(layer: "conv1", taskCount: 2)
    var actual = expected
    actual[.requantize, task: 1] = 3
    actual[.cycleDrain] = 7
    #expect(
      actual.differences(from: expected).map(\.description) == [
        "layer conv1, task 1: requantize is 3, and must be 0",
        "layer conv1: cycle.drain is 7, and must be 0",
      ])
  }

  struct Broken: Sendable, CustomTestStringConvertible {
    let event: Event
    let message: String
    var testDescription: String { event.rawValue }
  }

  @Test(arguments: [
    Broken(
      event: .macGated,
      message: "layer l, task 0: mac.active + mac.gated + mac.skipped is 11, and must be 10"),
    Broken(
      event: .macSkipped,
      message: "layer l, task 0: mac.active + mac.gated + mac.skipped is 11, and must be 10"),
    Broken(
      event: .thresholdMasked,
      message: "layer l, task 0: threshold.masked + requantize is 6, and must be 5"),
    Broken(
      event: .thresholdCompare,
      message: "layer l, task 0: threshold.masked + requantize is 5, and must be 6"),
    Broken(
      event: .cycleStallOperand,
      message: "layer l: the sum of the causes of cycle.total is 9, and must be 8"),
  ])
  func brokenIdentitiesAreErrors(_ broken: Broken) throws {
    var events = LayerEvents(layer: "l", taskCount: 1)
    for (event, count) in [
      (Event.macActive, 7), (.macGated, 3), (.thresholdCompare, 5), (.thresholdMasked, 3),
      (.requantize, 2),
    ] {
      events[event, task: 0] = count
    }
    events[.cycleTotal] = 8
    events[.cycleCompute] = 6
    events[.cycleDrain] = 2
    try events.checkIdentities(denseMACs: [10])
    if broken.event.isPerTask {
      events[broken.event, task: 0] += 1
    } else {
      events[broken.event] += 1
    }
    let error = #expect(throws: EventDifference.self) {
      try events.checkIdentities(denseMACs: [10])
    }
    #expect(error?.description == broken.message)
  }

  @Test func maskOfTheWrongLengthIsAnError() throws {
    let example = Example.table[1]
    let model = try example.model(.mime)
    var (inputs, masks) = example.values(of: model, layer: 0)
    masks[4].append(true)
    let mapping = try LayerMapping(
      model: model, layer: 0, batch: Example.batch, array: ArrayShape(rows: 3, columns: 4))
    let error = #expect(throws: MappingError.self) {
      try LayerEvents(exact: mapping, inputs: inputs, masks: masks, taskCount: 3)
    }
    #expect(error?.description == "layer odd has 46 values in its mask, and needs 45")
  }
}
