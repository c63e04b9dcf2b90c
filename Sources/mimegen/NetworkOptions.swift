import ArgumentParser
import Cosimulation
import Foundation
import Networks
import Programs

/// A network, by a model or by its shapes, and the zeros of the latter.
struct NetworkOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A network by its shapes: a built-in one, a .json file or a SCALE-Sim .csv.",
      valueName: "name|file"))
  var network: String?
  @Option(
    help: ArgumentHelp("Or a model: safetensors, as golden/README.md describes.", valueName: "file")
  )
  var model: String?
  @Option(
    help: ArgumentHelp(
      "Images of the model, on which its zeros are measured.", valueName: "file"))
  var vectors: String?
  @Option(help: ArgumentHelp("Take the zeros of this profile.", valueName: "file.json"))
  var profile: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Assume that this fraction of all activations and results is zero, but none of the images.",
      valueName: "0..1"))
  var sparsity: Double?

  func validate() throws {
    guard (network == nil) != (model == nil) else {
      throw ValidationError(
        "name the network: --network with a name or file, or --model with --vectors")
    }
    guard (model == nil) == (vectors == nil) else {
      throw ValidationError("--model and --vectors go together")
    }
    try AssumedZeros.check(profile, sparsity, "")
    guard model != nil || profile != nil || sparsity != nil else {
      throw ValidationError(
        "a network by its shapes needs its zeros: --profile with a file, or --sparsity")
    }
  }

  /// The zeros that an option gives; nil where they are to be measured.
  var zeros: AssumedZeros? { AssumedZeros(profile, sparsity) }
}

/// Zeros that are not measured on the images that run.
enum AssumedZeros {
  case profile(String)
  /// Of all activations but the images', and of all results.
  case fraction(Double)

  init?(_ profile: String?, _ sparsity: Double?) {
    if let profile {
      self = .profile(profile)
    } else if let sparsity {
      self = .fraction(sparsity)
    } else {
      return nil
    }
  }

  /// That at most one of the options is given, and has a meaning.
  static func check(_ profile: String?, _ sparsity: Double?, _ prefix: String) throws {
    guard let sparsity else { return }
    guard 0...1 ~= sparsity else {
      throw ValidationError("--\(prefix)sparsity is \(sparsity) and must be 0 to 1")
    }
    guard profile == nil else {
      throw ValidationError(
        "--\(prefix)sparsity and --\(prefix)profile both say what is zero; give one")
    }
  }

  /// In words.
  var description: String {
    switch self {
    case .profile(let path): "profile \(URL(fileURLWithPath: path).lastPathComponent)"
    case .fraction(let fraction): "assumed \(fraction)"
    }
  }

  /// Of each layer of `network`, the heads last; common zeros only where they were measured for the rows of
  /// `shape`.
  func sparsity(of network: NetworkShape, on shape: AcceleratorShape) throws -> [LayerSparsity] {
    switch self {
    case .profile(let path):
      return try SparsityProfile.load(path).sparsity(of: network, on: shape)
    case .fraction(let fraction):
      return (0..<network.layerCount).map { layer in
        let own = LayerSparsity.Task(
          zeroFraction: layer == 0 ? 0 : fraction, maskedFraction: fraction)
        return LayerSparsity(tasks: network.tasks.map { _ in own })
      }
    }
  }
}

/// Which images run, of which tasks.
struct BatchOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Tasks to run, with commas between. (default: all with images)", valueName: "names"))
  var tasks: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Images of each task; 1 or more, or all.", valueName: "n"))
  var images = ImageCount.first(4)
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Images that go through the network together; 1 or more. (default: the number of tasks)",
      valueName: "n"), transform: wholeNumber)
  var batchSize: Int?

  /// The tasks' names, as they are given; none for all.
  var names: [String] {
    tasks?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) ?? []
  }

  /// The numbers of the tasks in `network`.
  ///
  /// - Throws: `UsageError` for a name that it has not.
  func numbers(in network: NetworkShape) throws -> [Int] {
    guard tasks != nil else { return Array(network.tasks.indices) }
    return try names.map { name in
      guard let number = network.tasks.firstIndex(where: { $0.name == name }) else {
        throw UsageError(
          "there is no task '\(name)'; the network has "
            + network.tasks.map(\.name).joined(separator: ", "))
      }
      return number
    }
  }

  /// Images of each task where there is no file of them.
  func count() throws -> Int {
    guard case .first(let count) = images else {
      throw UsageError("--images all needs --vectors; give a number")
    }
    return count
  }
}
