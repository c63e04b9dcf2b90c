import Mapping
import Networks
import Testing

/// Operands and exact counts of layers of any geometry.
@Suite struct GeometryTests {
  struct Window: Sendable, CustomTestStringConvertible {
    let kernel, stride, padding: Int
    var testDescription: String { "kernel \(kernel), stride \(stride), padding \(padding)" }

    static let all = [1, 2, 3, 5, 7].flatMap { kernel in
      [1, 2, 3, 8].flatMap { stride in
        (0..<kernel).map { Window(kernel: kernel, stride: stride, padding: $0) }
      }
    }
  }

  /// Every padding of each kernel, every map of up to nine rows that it fits.
  @Test(arguments: Window.all) func countsEqualTheWalk(window: Window) throws {
    let array = try ArrayShape(rows: 3, columns: 4, lanes: 2)
    for size in 1...9 where size + 2 * window.padding >= window.kernel {
      let example = Example(
        layer: .convolution(
          "l", inputChannels: 2, outputChannels: 2, size: size, kernel: window.kernel,
          stride: window.stride, padding: window.padding))
      let model = try example.model(.mime)
      let (inputs, masks) = example.values(of: model, layer: 0, seed: UInt64(size))
      let batch = Batch(images: Array(Example.batch.images.prefix(2)))
      let walk = TileWalk(
        model: model, layer: 0, batch: batch, array: array, inputs: inputs, masks: masks)
      let mapping = try LayerMapping(model: model, layer: 0, batch: batch, array: array)
      let exact = try LayerEvents(
        exact: mapping, inputs: Array(inputs.prefix(2)), masks: Array(masks.prefix(2)),
        taskCount: model.tasks.count)
      let differences = exact.differences(from: walk.events)
      #expect(differences.isEmpty, "size \(size): \(differences)")

      var operands = try Operands(
        mapping: mapping, model: model, inputs: Array(inputs.prefix(2)))
      for (tile, expected) in zip(mapping, walk.tiles) {
        operands.load(tile)
        let activations = (0..<example.layer.reduction).flatMap { step in
          expected.slots.map { walk.activation($0, step: step, in: example.layer) }
        }
        #expect(operands.activations == activations, "size \(size)")
      }
    }
  }

  /// A 2x2 kernel of stride 2 over a padded 4x4 map, by hand: the corners are read with three zeros
  /// each, the edges with two, the middle without; every value once.
  @Test func handComputedStride() throws {
    let example = Example(
      layer: .convolution(
        "hand", inputChannels: 1, outputChannels: 1, size: 4, kernel: 2, stride: 2, padding: 1))
    let model = try example.model(.mime)
    let batch = Batch(images: [BatchImage(task: 0, image: 0)])
    let mapping = try LayerMapping(
      model: model, layer: 0, batch: batch, array: ArrayShape(rows: 9, columns: 1))
    let image: [Int32] = [1, 2, 3, 4, 5, 0, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0]
    var operands = try Operands(mapping: mapping, model: model, inputs: [image])
    operands.load(mapping[0])
    let steps: [[Int32]] = [
      [0, 0, 0, 0, 0, 8, 0, 14, 0], [0, 0, 0, 5, 7, 0, 13, 15, 0],
      [0, 2, 4, 0, 10, 12, 0, 0, 0], [1, 3, 0, 9, 11, 0, 0, 0, 0],
    ]
    #expect(operands.activations == steps.flatMap { $0 })
    let events = try LayerEvents(
      exact: mapping, inputs: [image], masks: [Array(repeating: true, count: 9)], taskCount: 3)
    #expect(events.total(.macActive) == 14)
    #expect(events.total(.macGated) == 9 * 4 - 14)
  }
}
