import HDL

/// A random module that keeps every rule of the language, and configurations to run it at.
public struct RandomModule: Sendable {
  /// What it was made from.
  public enum Origin: Sendable, CustomStringConvertible {
    case seed(UInt64)
    case choices([Int])
    public var description: String {
      switch self {
      case .seed(let seed): return "RandomModule(seed: \(seed))"
      case .choices(let list):
        return "RandomModule(choices: [\(list.map(String.init).joined(separator: ", "))])"
      }
    }
  }

  public let origin: Origin
  public let module: Module
  public let configurations: [Configuration]
  /// The choices that make the same module again.
  public let choices: [Int]

  public init(seed: UInt64) {
    self.init(.seed(seed), Choices(seed: seed), name: "random_\(seed)")
  }

  /// The module of a list of choices, as a difference reports it.
  public init(choices: [Int], name: String = "random") {
    self.init(.choices(choices), Choices(script: choices), name: name)
  }

  private init(_ origin: Origin, _ choices: Choices, name: String) {
    let widths = [8, 1, 2, 3, 4, 5, 7, 9, 13, 16, 17, 24, 31, 32, 33, 48, 60, 63, 64, 65, 66]
    func values() -> [Int] { [choices.pick(widths), choices.pick(widths), 1 + choices.below(4)] }
    let defaults = values()
    var environments: [[Int]] = []
    for _ in 0...choices.below(2) {
      environments.append(choices.below(3) == 0 ? defaults : values())
    }
    let used = environments
    module = Module(name, "A random module.") { m in
      Grower(m, choices, name: name, depth: 2, defaults: defaults, environments: used).grow()
    }
    configurations = environments.map { values in
      values == defaults
        ? [:] : Dictionary(uniqueKeysWithValues: zip(Grower.parameterNames, values))
    }
    self.origin = origin
    self.choices = choices.made
  }

  /// The Verilog of the module and of those that it instantiates.
  public var verilog: String {
    module.verilogFiles().map(\.text).joined(separator: "\n")
  }
}
