extension RegisterMap {
  /// A C header: `cMacros` between guards.
  public var cHeader: String {
    let guardName = "\(name.uppercased())_REGISTERS_H"
    return """
      /* The registers of \(name). \(doc) */
      #ifndef \(guardName)
      #define \(guardName)

      \(cMacros)
      #endif

      """
  }

  /// C macros: an offset for each register, and for each field its lowest bit and its mask.
  public var cMacros: String {
    var lines: [String] = []
    for (number, register) in registers.enumerated() {
      let macro = "\(name.uppercased())_\(register.name.uppercased())"
      lines += [
        "/* \(register.doc) */", "#define \(macro) \(Self.hexadecimal(offset(of: number), 2))u",
      ]
      for (field, low) in register.places {
        let mask = (field.width == 32 ? UInt32.max : 1 << UInt32(field.width) - 1) << UInt32(low)
        let name = "\(macro)_\(field.name.uppercased())"
        lines += [
          "/* \(field.doc) */",
          "#define \(name)_SHIFT \(low)u",
          "#define \(name)_MASK \(Self.hexadecimal(Int(mask), 8))u",
        ]
        if case .constant(let value) = field.access {
          lines.append("#define \(name)_VALUE \(Self.hexadecimal(Int(value), 8))u")
        }
      }
      lines.append("")
    }
    return lines.joined(separator: "\n")
  }

  /// A page of documentation: a table of the fields.
  public var markdown: String {
    var lines = [
      "# Registers of \(name)", "", doc, "",
      "| offset | register | bits | field | access | at reset | what it is |",
      "|---|---|---|---|---|---|---|",
    ]
    for (number, register) in registers.enumerated() {
      let offset = Self.hexadecimal(offset(of: number), 2)
      lines.append("| `\(offset)` | `\(register.name)` | | | | | \(register.doc) |")
      for (field, low) in register.places {
        let high = low + field.width - 1
        let bits = field.width == 1 ? "\(low)" : "\(high):\(low)"
        let (access, reset) = Self.words(field.access)
        lines.append("| | | \(bits) | `\(field.name)` | \(access) | \(reset) | \(field.doc) |")
      }
    }
    return (lines + [""]).joined(separator: "\n")
  }

  private static func words(_ access: Access) -> (access: String, reset: String) {
    switch access {
    case .constant(let value): return ("read", "`\(hexadecimal(Int(value), 1))`")
    case .status: return ("read", "")
    case .control(let reset): return ("read, write", "`\(hexadecimal(Int(reset), 1))`")
    case .trigger: return ("write 1 to do", "`0x0`")
    case .sticky: return ("read, write 1 to clear", "`0x0`")
    }
  }

  private static func hexadecimal(_ number: Int, _ digits: Int) -> String {
    let text = String(number, radix: 16)
    return "0x" + String(repeating: "0", count: Swift.max(0, digits - text.count)) + text
  }
}
