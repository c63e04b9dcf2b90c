import Cosimulation
import Golden
import Machine
import Networks
import Testing
import Verilated

/// Faults that `verify` must find in the Verilog it is given.
@Suite struct PlantedFaultTests {
  static let parameters = ["ROWS": 3, "COLS": 4, "LANES": 1, "ACT_SIGNED": 1]

  /// A network whose sums meet their thresholds and whose products tie.
  static func run(isSigned: Bool) throws -> NetworkRun {
    let model = try Model.small(
      activation: isSigned ? Format.s8 : Format.u8, multiplierWidth: 2)
    let run = NetworkRun(model, images: 2, parameters)
    return NetworkRun(run, model: try model.meetingThresholds(of: run.images[0][0]))
  }

  static func directedRun() throws -> NetworkRun {
    let network = try DirectedNetwork(isSigned: false)
    var run = NetworkRun(network.model, images: 1, parameters)
    run.images = [network.images]
    return run
  }

  @Test func theCoreWithoutFaultPasses() throws {
    let directed = try Self.directedRun().verify()
    #expect(directed.failure == nil, "\(directed.failure!)")
    for isSigned in [false, true] {
      for stalls in [0, 0.4] {
        var run = try Self.run(isSigned: isSigned)
        run.stallProbability = stalls
        let result = try run.verify()
        #expect(result.failure == nil, "\(result.failure!)")
      }
    }
  }

  @Test(arguments: PlantedFault.all) func findsTheFault(fault: PlantedFault) throws {
    var run = try fault.isDirected ? Self.directedRun() : Self.run(isSigned: fault.isSigned)
    run.stallProbability = fault.stallProbability
    let files: [CoreFiles.File] = try #require(
      fault.files, "\(fault.file) has the text to replace once")
    run.verilog = files
    let failure = try #require(try run.verify().failure, "the fault is not found")
    let caught: PlantedFault.Catch =
      switch failure {
      case .mismatch: .mismatch
      case .disorder: .disorder
      case .events: .events
      case .handshake: .handshake
      case .simulation: .simulation
      }
    #expect(fault.caught.contains(caught), "caught as \(caught): \(failure)")
  }

  @Test func refusesAnotherConfigurationHash() throws {
    var run = try Self.run(isSigned: false)
    let fault = PlantedFault(
      name: "another hash", file: "mime_core.v", original: "localparam [31:0] CONFIG_HASH = 32'h",
      replacement: "localparam [31:0] CONFIG_HASH = ~32'h", caught: [])
    let files: [CoreFiles.File] = try #require(fault.files)
    run.verilog = files
    #expect(throws: RTLError.self) { try run.verify() }
  }
}

extension NetworkRun {
  init(_ run: NetworkRun, model: Model) {
    self = run
    self.model = model
  }
}

extension Model {
  /// The same model with the first layer's thresholds of the first task at the sums of `image`,
  /// where a threshold may be there.
  func meetingThresholds(of image: [Int32]) throws -> Model {
    let sums = try GoldenModel(self).infer(image, task: 0).layers[0].accumulators
    let own = parameters(ofLayer: 0, task: 0)
    let low = activation.isSigned ? Int64.min : 0
    let first = LayerParameters(
      weights: own.weights, bias: own.bias, multipliers: own.multipliers, shifts: own.shifts,
      thresholds: zip(own.thresholds, sums).map { $1 >= low ? $1 : $0 })
    return try Model(
      layers: layers, heads: tasks.indices.map(head), tasks: tasks, mode: mode, input: input,
      activation: activation, clamp: clamp, rounding: rounding,
      parameters: tasks.indices.map { task in
        (0...layers.count).map { layer in
          task == 0 && layer == 0 ? first : parameters(ofLayer: layer, task: task)
        }
      }, hasThresholds: tasks.indices.map(hasThresholds))
  }
}
