extension ModuleBuilder {
  // MARK: Parameters and constants

  /// A parameter with its default and inclusive range.
  public func parameter(
    _ name: String, default defaultValue: Nat, in range: ClosedRange<Int>, _ doc: String,
    file: StaticString = #fileID, line: Int = #line
  ) -> Nat {
    parameter(
      name, default: defaultValue, from: .literal(range.lowerBound),
      through: .literal(range.upperBound), doc, file: file, line: line)
  }

  /// A parameter whose range may depend on earlier parameters.
  public func parameter(
    _ name: String, default defaultValue: Nat, from minimum: Nat, through maximum: Nat,
    _ doc: String, file: StaticString = #fileID, line: Int = #line
  ) -> Nat {
    let location = Location(file, line)
    requireModuleLevel("parameter", name, location)
    take(name, atHead: true, location)
    parameters.append(
      Parameter(
        name: name, defaultValue: defaultValue, minimum: minimum, maximum: maximum, doc: doc,
        location: location))
    ranges.add(name, from: minimum, through: maximum)
    return .parameter(name)
  }

  /// A named derived constant (`localparam`). Of a loop's index, inside the loop, it is a constant of
  /// each copy, and what gives the index bits.
  public func constant(
    _ name: String, _ definition: Nat, _ doc: String = "", file: StaticString = #fileID,
    line: Int = #line
  ) -> Nat {
    let location = Location(file, line)
    let constant = NamedConstant(
      name: name, definition: definition, pattern: nil, doc: doc, location: location)
    guard let index = definition.loopIndex else {
      take(name, atHead: true, location)
      constants.append(constant)
      return .constant(name, definition)
    }
    take(name, location)
    if scope.contains(where: { $0.index == index }) {
      add(.constant(constant))
    } else {
      report(
        "the constant `\(name)` depends on the loop index `\(index)`, whose generate loop is not "
          + "around it; declare it there", location)
    }
    return .constant(name, definition)
  }

  /// A named fixed pattern of `width` bits, 1 to 64, such as an identification.
  public func pattern(
    _ name: String, width: Int, value: UInt64, _ doc: String = "", file: StaticString = #fileID,
    line: Int = #line
  ) -> Signal {
    let location = Location(file, line)
    if width < 1 || width > 64 {
      report("the pattern `\(name)` has \(width) bits; a pattern has 1 to 64", location)
    } else if width < 64, value >> UInt64(width) != 0 {
      report(
        "the value 0x\(String(value, radix: 16)) of the pattern `\(name)` does not fit \(width) bits",
        location)
    }
    return namedPattern(name, width: width, value: value, isHexadecimal: true, doc, location)
  }

  func namedPattern(
    _ name: String, width: Int, value: UInt64, isHexadecimal: Bool, _ doc: String,
    _ location: Location
  ) -> Signal {
    take(name, atHead: true, location)
    constants.append(
      NamedConstant(
        name: name, definition: 0,
        pattern: NamedConstant.Pattern(width: width, value: value, isHexadecimal: isHexadecimal),
        doc: doc, location: location))
    let declaration = Declaration(
      name, bits(.literal(width)), .pattern, pattern: value, doc: doc, scope: [],
      location: location)
    return signal(declaration)
  }

  // MARK: Ports, wires, registers, memories

  /// An input of `shape`.
  public func input(
    _ name: String, _ shape: Shape, _ doc: String = "", file: StaticString = #fileID,
    line: Int = #line
  ) -> Signal {
    port(name, shape, .input, doc, Location(file, line))
  }

  /// An input of one bit.
  public func input(
    _ name: String, _ doc: String = "", file: StaticString = #fileID, line: Int = #line
  ) -> Signal {
    port(name, .bit, .input, doc, Location(file, line))
  }

  /// An output of `shape` that `drive` or an instance gives its value.
  public func output(
    _ name: String, _ shape: Shape, _ doc: String = "", file: StaticString = #fileID,
    line: Int = #line
  ) -> Signal {
    port(name, shape, .output, doc, Location(file, line))
  }

  /// An output of one bit.
  public func output(
    _ name: String, _ doc: String = "", file: StaticString = #fileID, line: Int = #line
  ) -> Signal {
    port(name, .bit, .output, doc, Location(file, line))
  }

  /// An output that is a register; `reset` is its value on reset, if it has one.
  public func outputRegister(
    _ name: String, _ shape: Shape, reset: Nat? = nil, _ doc: String = "",
    file: StaticString = #fileID, line: Int = #line
  ) -> Signal {
    port(
      name, shape, .output, isClocked: true, reset: reset.map { Signal(number: $0, shape) }, doc,
      Location(file, line))
  }

  /// An output of one bit that is a register.
  public func outputRegister(
    _ name: String, reset: Nat? = nil, _ doc: String = "", file: StaticString = #fileID,
    line: Int = #line
  ) -> Signal {
    outputRegister(name, .bit, reset: reset, doc, file: file, line: line)
  }

  private func port(
    _ name: String, _ shape: Shape, _ kind: Declaration.Kind, isClocked: Bool = false,
    reset: Signal? = nil, _ doc: String, _ location: Location
  ) -> Signal {
    requireModuleLevel("port", name, location)
    let port = declare(name, shape, kind, isClocked: isClocked, reset: reset, doc: doc, location)
    ports.append(port)
    return signal(port)
  }

  /// A wire that `drive`, an instance or `sum` gives its value.
  public func wire(
    _ name: String, _ shape: Shape = .bit, _ doc: String = "", file: StaticString = #fileID,
    line: Int = #line
  ) -> Signal {
    let wire = declare(name, shape, .wire, doc: doc, Location(file, line))
    add(.declare(wire, value: nil))
    return signal(wire)
  }

  /// A wire with its value.
  public func wire(
    _ name: String, _ value: Signal, _ doc: String = "", file: StaticString = #fileID,
    line: Int = #line
  ) -> Signal {
    let location = Location(file, line)
    let wire = declare(name, value.shape, .wire, doc: doc, location)
    check(value, location)
    add(.declare(wire, value: value))
    return signal(wire)
  }

  /// A register; `reset` is its value on reset, if it has one.
  public func register(
    _ name: String, _ shape: Shape = .bit, reset: Nat? = nil, _ doc: String = "",
    file: StaticString = #fileID, line: Int = #line
  ) -> Signal {
    register(
      name, shape, resetTo: reset.map { Signal(number: $0, shape) }, doc, Location(file, line))
  }

  func register(
    _ name: String, _ shape: Shape, resetTo reset: Signal?, _ doc: String, _ location: Location
  ) -> Signal {
    let register = declare(
      name, shape, .register, isClocked: true, reset: reset, doc: doc, location)
    add(.declare(register, value: nil))
    return signal(register)
  }

  /// A memory of `depth` words, written in a clocked process and read at any time.
  ///
  /// Without `contents` what it holds at first is unknown; with them a memory that nothing writes is
  /// a table (a ROM).
  public func memory(
    _ name: String, _ shape: Shape, depth: Nat, contents: MemoryContents? = nil,
    _ doc: String = "", file: StaticString = #fileID, line: Int = #line
  ) -> Memory {
    let location = Location(file, line)
    let memory = declare(
      name, shape, .memory, depth: depth, isClocked: true, contents: contents, doc: doc, location)
    add(.declare(memory, value: nil))
    if contents != nil { take("\(name)_contents", location) }
    if case .words(let words) = contents {
      let count = Nat.literal(words.count)
      var fits = Signal(.reference(memory, at: nil), shape)
      fits.require(
        count <= depth,
        "memory `\(name)` has \(VerilogExpression.text(depth)) words and is given \(words.count)")
      if let largest = words.max(), largest > 0 {
        let digits = Nat.literal(UInt64.bitWidth - largest.leadingZeroBitCount)
        let room = Signal.bitsText(shape.width)
        fits.require(
          digits <= shape.width, "the word \(largest) of memory `\(name)` does not fit \(room)")
      }
      check(fits, location)
    }
    return Memory(declaration: memory)
  }
}
