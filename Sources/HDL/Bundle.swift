/// Signals that belong together, each flowing from an initiator to a target or back.
///
/// An interface is described once; `initiator` and `target` make its ports, `wires` what connects
/// two instances.
public struct Interface: Sendable {
  /// One signal of an interface.
  public struct Field: Sendable {
    /// What follows the bundle's name and `_` in the name of the signal.
    public let name: String
    /// The width in bits and the sign.
    public let shape: Shape
    /// From the initiator to the target, or back.
    public let isForward: Bool
    /// The comment on the signal in Verilog; may be empty.
    public let doc: String

    /// A field that flows from the initiator to the target.
    public static func forward(_ name: String, _ shape: Shape = .bit, _ doc: String = "") -> Field {
      Field(name: name, shape: shape, isForward: true, doc: doc)
    }
    /// A field that flows from the target to the initiator.
    public static func backward(_ name: String, _ shape: Shape = .bit, _ doc: String = "") -> Field
    {
      Field(name: name, shape: shape, isForward: false, doc: doc)
    }
  }

  /// In the order in which ports and wires are declared.
  public let fields: [Field]

  /// An interface of fields in the order in which ports and wires are declared.
  public init(_ fields: Field...) { self.fields = fields }
  /// An interface of computed fields, in the order in which ports and wires are declared.
  public init(_ fields: [Field]) { self.fields = fields }

  /// A stream: `valid` and the payload forward, `ready` back; a beat passes where both are 1.
  public static func stream(_ payload: Field...) -> Interface {
    Interface([.forward("valid"), .backward("ready")] + payload)
  }

  /// The interface in several channels, their names before the fields'.
  public static func channels(_ channels: KeyValuePairs<String, Interface>) -> Interface {
    Interface(
      channels.flatMap { channel, interface in
        interface.fields.map {
          Field(name: channel + $0.name, shape: $0.shape, isForward: $0.isForward, doc: $0.doc)
        }
      })
  }

  /// The same fields flowing the other way.
  public var reversed: Interface {
    Interface(
      fields.map {
        Field(name: $0.name, shape: $0.shape, isForward: !$0.isForward, doc: $0.doc)
      })
  }
}

/// The signals of an interface under one name.
public struct Bundle: Sendable {
  /// What the names of the signals begin with.
  public let name: String
  /// The fields that the signals stand for.
  public let interface: Interface
  let signals: [Signal]

  /// The signal of a field; a missing one is reported by the statement that uses it.
  public subscript(field: String) -> Signal {
    if let index = interface.fields.firstIndex(where: { $0.name == field }) {
      return signals[index]
    }
    var missing = zero(.bit)
    missing.problems.append(
      "`\(name)` has no field `\(field)`; it has "
        + interface.fields.map { "`\($0.name)`" }.joined(separator: ", "))
    return missing
  }

  /// The initiator has a beat; the field `valid` of a stream.
  public var valid: Signal { self["valid"] }
  /// The target takes a beat; the field `ready` of a stream.
  public var ready: Signal { self["ready"] }
  /// A beat passes.
  public var fires: Signal { valid && ready }

  /// The connections of an instance's ports that begin with `port`.
  public func connections(to port: String) -> Connections<Signal> {
    Connections(zip(interface.fields, signals).map { ("\(port)_\($0.name)", $1) })
  }
}

extension ModuleBuilder {
  /// The ports of the side that begins: forward fields are outputs.
  public func initiator(
    _ name: String, _ interface: Interface, _ doc: String = "", file: StaticString = #fileID,
    line: Int = #line
  ) -> Bundle {
    bundle(name, interface, doc) { field, text in
      field.isForward
        ? output("\(name)_\(field.name)", field.shape, text, file: file, line: line)
        : input("\(name)_\(field.name)", field.shape, text, file: file, line: line)
    }
  }

  /// The ports of the side that answers: forward fields are inputs.
  public func target(
    _ name: String, _ interface: Interface, _ doc: String = "", file: StaticString = #fileID,
    line: Int = #line
  ) -> Bundle {
    bundle(name, interface, doc) { field, text in
      field.isForward
        ? input("\(name)_\(field.name)", field.shape, text, file: file, line: line)
        : output("\(name)_\(field.name)", field.shape, text, file: file, line: line)
    }
  }

  /// Wires between an initiator and a target.
  public func wires(
    _ name: String, _ interface: Interface, _ doc: String = "", file: StaticString = #fileID,
    line: Int = #line
  ) -> Bundle {
    bundle(name, interface, doc) { field, text in
      wire("\(name)_\(field.name)", field.shape, text, file: file, line: line)
    }
  }

  private func bundle(
    _ name: String, _ interface: Interface, _ doc: String,
    _ declare: (Interface.Field, String) -> Signal
  ) -> Bundle {
    let signals = interface.fields.enumerated().map { number, field in
      declare(field, number == 0 && !doc.isEmpty ? doc : field.doc)
    }
    return Bundle(name: name, interface: interface, signals: signals)
  }

  /// What comes in at `target` goes out at `initiator`, and back.
  public func connect(
    _ target: Bundle, to initiator: Bundle, file: StaticString = #fileID, line: Int = #line
  ) {
    for field in target.interface.fields {
      let (from, to) = field.isForward ? (target, initiator) : (initiator, target)
      drive {
        StatementBuilder.buildExpression(
          to[field.name] <== from[field.name], file: file, line: line)[0]
      }
    }
  }
}
