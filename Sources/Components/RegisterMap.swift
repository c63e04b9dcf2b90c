import HDL

/// The registers that software sees of a design: the one source of their hardware, their C header
/// and their page of documentation.
///
/// Registers have 32 bits and stand one after the other, four bytes each, in the order given; the
/// fields of one stand in it from bit 0 up.
public struct RegisterMap: Sendable {
  /// What reading and writing a field does.
  public enum Access: Sendable, Equatable {
    /// Reads as a number that never changes.
    case constant(UInt32)
    /// Reads what the design has on the input of the field's name.
    case status
    /// Holds what was written, first `reset`, on the output of the field's name.
    case control(reset: UInt32)
    /// Writing 1 raises the output of the field's name for one cycle; reads 0. One bit.
    case trigger
    /// Set by the input `NAME_set`, cleared by writing 1, and on the output of the field's name. One
    /// bit; a set in the cycle of the clearing stays.
    case sticky
  }

  /// Some bits of a register.
  public struct Field: Sendable {
    /// Its name: of the port in lower case, of the C macros in upper case.
    public let name: String
    /// Its bits, 1 to 32.
    public let width: Int
    /// What reading and writing does.
    public let access: Access
    /// What it means: a sentence.
    public let doc: String

    /// A field; widths and access must go together.
    public init(_ name: String, width: Int = 1, _ access: Access, _ doc: String) {
      self.name = name
      self.width = width
      self.access = access
      self.doc = doc
    }
  }

  /// 32 bits at one address.
  public struct Register: Sendable {
    /// Its name, of the C macros in upper case.
    public let name: String
    /// What it is for: a sentence.
    public let doc: String
    /// Its fields, from bit 0 up.
    public let fields: [Field]

    /// A register of fields.
    public init(_ name: String, _ doc: String, _ fields: Field...) {
      self.name = name
      self.doc = doc
      self.fields = fields
    }

    /// Each field with its lowest bit.
    public var places: [(field: Field, low: Int)] {
      var low = 0
      return fields.map { field in
        defer { low += field.width }
        return (field, low)
      }
    }
  }

  /// What the names of its module and of its C macros begin with.
  public let name: String
  /// What the design is: a sentence.
  public let doc: String
  /// The registers in the order of their addresses.
  public let registers: [Register]

  /// A map of registers.
  public init(_ name: String, _ doc: String, _ registers: [Register]) {
    self.name = name
    self.doc = doc
    self.registers = registers
  }

  /// The address of a register: bytes from the map's own.
  public func offset(of register: Int) -> Int { 4 * register }

  /// The address of the register of that name; nil where there is none.
  public func offset(_ name: String) -> Int? {
    registers.firstIndex { $0.name == name }.map(offset)
  }

  /// Bits of an address inside the map, at least 3.
  public var addressWidth: Int {
    let words = Swift.max(2, registers.count)
    return 2 + Int.bitWidth - (words - 1).leadingZeroBitCount
  }
}
