import Networks

/// The golden model for whole test sets, where only logits are wanted: the same numbers as
/// `GoldenModel.infer` gives, by products of vectors where all of a model's numbers fit them, else by its
/// fast path. Threads may share it.
public struct BatchInference: Sendable {
  private enum Path: Sendable {
    case bytes(PackedNetwork<UInt8>)
    case words(PackedNetwork<Int16>)
    case plain(GoldenModel)
  }

  public let model: Model
  private let path: Path

  /// Images that go through the network at a time.
  public static let batch = 8

  /// - Parameter set: instructions that this machine has.
  /// - Throws: `NetworkError` if an accumulator of the model could need more than 64 bits.
  public init(_ model: Model, _ set: InstructionSet = .best) throws(NetworkError) {
    precondition(set.isAvailable, "this machine has the instructions")
    self.model = model
    if set == .avx512VNNI, let network = PackedNetwork<UInt8>(model, set) {
      path = .bytes(network)
    } else if let network = PackedNetwork<Int16>(model, set) {
      path = .words(network)
    } else {
      path = .plain(try GoldenModel(model))
    }
  }

  /// Whether products of vectors compute it.
  public var isPacked: Bool { if case .plain = path { false } else { true } }

  /// [image][class] of images [channel][row][column] in the model's input format.
  public func logits(_ images: some Collection<[Int32]>, task: Int) -> [[Int64]] {
    var logits: [[Int64]] = []
    var rest = Array(images)[...]
    while !rest.isEmpty {
      let batch = Array(rest.prefix(Self.batch))
      for image in batch { model.check(image: image) }
      switch path {
      case .bytes(let network): logits += network.logits(batch, task: task)
      case .words(let network): logits += network.logits(batch, task: task)
      case .plain(let golden): logits += batch.map { golden.infer($0, task: task).logits }
      }
      rest = rest.dropFirst(batch.count)
    }
    return logits
  }

  /// The class of the largest logit, the lowest on a tie.
  public static func prediction(_ logits: [Int64]) -> Int {
    var best = 0
    for index in logits.indices where logits[index] > logits[best] { best = index }
    return best
  }
}

extension Model {
  func check(image: [Int32]) {
    precondition(
      image.count == layers[0].inputCount
        && image.allSatisfy { input.range.contains(Int($0)) },
      "an image has the shape and the format of the model's input")
  }
}
