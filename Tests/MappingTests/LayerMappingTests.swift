import Mapping
import Networks
import Testing

@Suite struct LayerMappingTests {
  @Test(arguments: Example.table, Shape.table)
  func tilesAreThoseOfTheWalk(example: Example, shape: Shape) throws {
    for sharing in Sharing.table {
      let model = try example.model(sharing.mode)
      let mapping = try LayerMapping(
        model: model, layer: sharing.layer, batch: Example.batch, array: shape.array)
      let walk = TileWalk(
        model: model, layer: sharing.layer, batch: Example.batch, array: try shape.array,
        inputs: [], masks: []
      ).tiles
      let tiles = mapping.map { tile in
        let group = mapping.groups[tile.group]
        return TileWalk.Tile(
          owner: group.owner,
          slots: tile.slots.map { slot in
            let (image, position) = group.place(ofSlot: slot)
            return TileWalk.Slot(
              image: image, y: position / group.layer.walkedSize,
              x: position % group.layer.walkedSize)
          },
          channels: Array(tile.channels))
      }
      #expect(tiles == walk, "\(sharing.testDescription)")
      #expect(mapping.map(\.isFinal) == walk.indices.map { $0 == walk.count - 1 })
      #expect(mapping.allSatisfy { $0.steps == mapping.groups[$0.group].layer.reduction })
    }
  }

  @Test(arguments: Sharing.table) func groupsFollowTheOwnersOfWeights(sharing: Sharing) throws {
    let model = try Example.table[1].model(sharing.mode)
    let mapping = try LayerMapping(
      model: model, layer: sharing.layer, batch: Example.batch,
      array: ArrayShape(rows: 4, columns: 4))
    #expect(mapping.isHead == (sharing.layer == 1))
    if sharing.mode == .mime && sharing.layer == 0 {
      #expect(mapping.groups.map(\.images) == [[0, 1, 2, 3, 4]])
    } else {
      #expect(mapping.groups.map(\.owner) == [0, 2, 1])
      #expect(mapping.groups.map(\.images) == [[0, 4], [1, 3], [2]])
    }
  }

  @Test func batchWithoutImagesIsAnError() throws {
    let model = try Example.table[0].model(.mime)
    let error = #expect(throws: MappingError.self) {
      try LayerMapping(
        model: model, layer: 0, batch: Batch(images: []), array: ArrayShape(rows: 1, columns: 1))
    }
    #expect(error?.description == "a batch has no images, and needs at least one")
  }

  @Test func tilesOfLargeLayersAreComputedWhenAskedFor() throws {
    let layer = Layer.convolution("large", inputChannels: 1, outputChannels: 64, size: 224)
    let group = TileGroup(
      layer: layer, owner: 0, images: Array(0..<1000), array: try ArrayShape(rows: 1, columns: 1))
    #expect(group.tiles == 224 * 224 * 1000 * 64)
    #expect(group.place(ofSlot: 224 * 224 * 999 + 5) == (999, 5))
  }
}

@Suite struct ArrayShapeTests {
  @Test(arguments: [(1, 1, 1), (5, 5, 1), (5, 2, 3), (16, 16, 1), (16, 5, 4), (8, 1, 8)])
  func lanesShareColumns(columns: Int, lanes: Int, groups: Int) throws {
    let array = try ArrayShape(rows: 3, columns: columns, lanes: lanes)
    #expect(array.groups == groups)
    #expect(array.drainSlots == 3 * groups)
  }

  @Test(
    arguments: [
      (0, 4, nil, "rows is 0, and must be 1 to 1024"),
      (1025, 4, nil, "rows is 1025, and must be 1 to 1024"),
      (4, -1, nil, "columns is -1, and must be 1 to 1024"),
      (4, 1025, nil, "columns is 1025, and must be 1 to 1024"),
      (4, 4, 0, "lanes is 0, and must be 1 to 4"),
      (4, 4, 5, "lanes is 5, and must be 1 to 4"),
    ] as [(Int, Int, Int?, String)])
  func sizesOutOfRangeAreErrors(rows: Int, columns: Int, lanes: Int?, message: String) {
    let error = #expect(throws: MappingError.self) {
      try ArrayShape(rows: rows, columns: columns, lanes: lanes)
    }
    #expect(error?.description == message)
  }

  @Test func largestArrayIsAllowed() throws {
    #expect(try ArrayShape(rows: 1024, columns: 1024).lanes == 1024)
  }
}
