extension ModuleBuilder {
  /// What always holds at the rising edge of `clock` outside of `reset`.
  ///
  /// A simulation that finds it broken stops with the name and its place; a formal run proves it.
  public func assert(
    _ name: String, _ condition: Signal, on clock: Signal, reset: Signal? = nil,
    file: StaticString = #fileID, line: Int = #line
  ) {
    property(.assert, name, condition, clock, reset, Location(file, line))
  }

  /// What the surroundings see to at the rising edge of `clock`: a formal run takes it as given, a
  /// simulation checks it like an assertion.
  public func assume(
    _ name: String, _ condition: Signal, on clock: Signal, reset: Signal? = nil,
    file: StaticString = #fileID, line: Int = #line
  ) {
    property(.assume, name, condition, clock, reset, Location(file, line))
  }

  /// What should happen at some time: a simulation says when it first does, a formal run looks for
  /// a way there.
  public func cover(
    _ name: String, _ condition: Signal, on clock: Signal, reset: Signal? = nil,
    file: StaticString = #fileID, line: Int = #line
  ) {
    property(.cover, name, condition, clock, reset, Location(file, line))
  }

  /// What holds in the first cycle, such as `rst`: a formal run starts there, a simulation takes no
  /// notice of it.
  public func assumeAtStart(
    _ condition: Signal, file: StaticString = #fileID, line: Int = #line
  ) {
    let location = Location(file, line)
    checkBit(
      condition,
      "the first cycle is assumed to have \(condition.text) with \(condition.widthText), which "
        + "takes 1 bit", location)
    add(.start(condition, location))
  }

  private func property(
    _ kind: Property.Kind, _ name: String, _ condition: Signal, _ clock: Signal, _ reset: Signal?,
    _ location: Location
  ) {
    take(name, location)
    checkBit(
      condition,
      "the property `\(name)` is \(condition.text) with \(condition.widthText), and takes 1 bit",
      location)
    for signal in [clock, reset].compactMap({ $0 }) {
      checkBit(
        signal, "\(signal.text) has \(signal.widthText); clock and reset take 1 bit", location)
    }
    if case .cover = kind { take("covered_" + name, location) }
    add(
      .property(
        Property(
          kind: kind, name: name, condition: condition, clock: clock, reset: reset,
          location: location)))
  }

  /// A named pulse that a simulation counts, and its counter in the hardware: `width` bits, from
  /// zero after `reset`, built where `enabled` holds and zero elsewhere.
  ///
  /// The counter has the pulses of all cycles before.
  public func event(
    _ name: String, when pulse: Signal, on clock: Signal, reset: Signal, width: Nat,
    if enabled: Condition, _ doc: String = "", file: StaticString = #fileID, line: Int = #line
  ) -> Signal {
    let location = Location(file, line)
    if pulse.width.difference(from: 1) != 0 {
      report("the event `\(name)` has \(pulse.widthText), and takes 1 bit", location)
      return HDL.zero(bits(width))
    }
    let happens = wire(name, pulse, doc, file: file, line: line)
    add(.event(Event(name: name, pulse: happens, clock: clock, location: location)))
    let count = wire("\(name)_count", bits(width), file: file, line: line)
    given(enabled, "\(name)_counted", else: "\(name)_uncounted", file: file, line: line) {
      let total = register("total", bits(width), reset: 0, file: file, line: line)
      clocked(clock, reset: reset, file: file, line: line) {
        When(happens, file: file, line: line) {
          StatementBuilder.buildExpression(total <== total + 1, file: file, line: line)[0]
        }
      }
      drive { StatementBuilder.buildExpression(count <== total, file: file, line: line)[0] }
    } else: {
      drive { StatementBuilder.buildExpression(count <== 0, file: file, line: line)[0] }
      unused(name, happens, clock, reset, file: file, line: line)
    }
    return count
  }
}
