import Networks
import Programs
import Testing

/// Networks that an accelerator cannot take.
@Suite struct NetworkImageTests {
  @Test func windowsAreForPooledLayers() throws {
    let shape = try AcceleratorShape(["ROWS": 2, "COLS": 3])
    for isPooled in [false, true] {
      let model = try SyntheticModel.make(
        seed: 1,
        layers: [
          .convolution("a", inputChannels: 2, outputChannels: 4, size: 4, isPooled: isPooled)
        ])
      func image() throws -> NetworkImage {
        try NetworkImage(model, on: shape, orders: [0: .windows])
      }
      if isPooled {
        #expect(try image().plan(ofLayer: 0, task: 0).order == .windows)
      } else {
        #expect(throws: ProgramFailure.self) { try image() }
      }
    }
  }
}
