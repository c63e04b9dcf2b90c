import Mapping
import Networks
import Testing

@Suite struct OperandsTests {
  @Test(arguments: Example.table, Shape.table)
  func operandsAreThoseOfTheDefinition(example: Example, shape: Shape) throws {
    for sharing in Sharing.table {
      try check(example, shape, sharing)
    }
  }

  /// Compares every operand of every tile with the tensors, one number at a time.
  private func check(_ example: Example, _ shape: Shape, _ sharing: Sharing) throws {
    let model = try example.model(sharing.mode)
    let (inputs, _) = example.values(of: model, layer: sharing.layer)
    let mapping = try LayerMapping(
      model: model, layer: sharing.layer, batch: Example.batch, array: shape.array)
    let walk = TileWalk(
      model: model, layer: sharing.layer, batch: Example.batch, array: try shape.array,
      inputs: inputs, masks: [])
    var operands = try Operands(mapping: mapping, model: model, inputs: inputs)
    for (tile, expected) in zip(mapping, walk.tiles) {
      operands.load(tile)
      let layer = model.geometry(ofLayer: sharing.layer, task: expected.owner)
      let own = model.parameters(ofLayer: sharing.layer, task: expected.owner)
      let steps = 0..<layer.reduction
      let activations = steps.flatMap { step in
        expected.slots.map { walk.activation($0, step: step, in: layer) }
      }
      #expect(operands.tile == tile)
      #expect(operands.activations == activations)
      #expect(operands.nonzero == activations.map { $0 != 0 })
      var weights: [Int32] = []
      for step in steps {
        for channel in expected.channels {
          let weight =
            layer.averages
            ? channel * layer.inputChannels + step / (layer.size * layer.size)
            : channel * layer.reduction + step
          weights.append(own.weights[weight])
        }
      }
      #expect(operands.weights == weights)
      #expect(operands.bias == expected.channels.map { own.bias[$0] })
      let tasks = expected.slots.map { Example.batch.images[$0.image].task }
      #expect(operands.tasks == tasks)
      guard !mapping.isHead else {
        #expect(operands.multipliers.isEmpty && operands.shifts.isEmpty)
        #expect(operands.thresholds.isEmpty)
        continue
      }
      #expect(operands.multipliers == expected.channels.map { own.multipliers[$0] })
      #expect(operands.shifts == expected.channels.map { own.shifts[$0] })
      #expect(
        operands.thresholds
          == zip(expected.slots, tasks).flatMap { slot, task in
            expected.channels.map { channel in
              model.parameters(ofLayer: 0, task: task)
                .thresholds[(channel * layer.walkedSize + slot.y) * layer.walkedSize + slot.x]
            }
          })
    }
  }

  @Test func inputOfTheWrongLengthIsAnError() throws {
    let example = Example.table[1]
    let model = try example.model(.mime)
    var (inputs, _) = example.values(of: model, layer: 0)
    let mapping = try LayerMapping(
      model: model, layer: 0, batch: Example.batch, array: ArrayShape(rows: 4, columns: 4))
    inputs[3].removeLast()
    let short = #expect(throws: MappingError.self) {
      try Operands(mapping: mapping, model: model, inputs: inputs)
    }
    #expect(
      short?.description
        == "layer odd has 17 activations in its input, and needs 18")
    let few = #expect(throws: MappingError.self) {
      try Operands(mapping: mapping, model: model, inputs: Array(inputs.dropLast()))
    }
    #expect(few?.description == "layer odd has 4 inputs, and needs 5")
  }
}
