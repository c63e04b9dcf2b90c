/// A port as the C++ header of a verilated module declares it, such as `VL_IN8(&clk,0,0);`.
package struct HeaderPort: Equatable {
  /// The name in the Verilog.
  package let name: String
  /// The name in C++.
  let identifier: String
  package let isInput: Bool
  package let width: Int

  /// The ports of a header, without those that are input and output.
  package static func all(in header: String) -> [HeaderPort] {
    header.split(whereSeparator: \.isNewline).compactMap { line in
      let parts = line.split { "(),&; ".contains($0) }
      guard parts.count >= 4, let high = Int(parts[2]), let low = Int(parts[3]) else { return nil }
      let isInput = parts[0].hasPrefix("VL_IN") && !parts[0].hasPrefix("VL_INOUT")
      guard isInput || parts[0].hasPrefix("VL_OUT") else { return nil }
      let identifier = String(parts[1])
      return HeaderPort(
        name: verilogName(identifier), identifier: identifier, isInput: isInput,
        width: high - low + 1)
    }
  }

  /// Takes back what Verilator does to a name: `__SYM__` before a word of C++, and `__0` with two
  /// hexadecimal digits for a character that C++ has no use for, the second of two `_` among them.
  private static func verilogName(_ identifier: String) -> String {
    var rest = Substring(identifier)
    if rest.hasPrefix("__SYM__") { rest.removeFirst("__SYM__".count) }
    var name = ""
    while let next = rest.first {
      let code = rest.dropFirst(3).prefix(2)
      if rest.hasPrefix("__0"), code.count == 2, let value = UInt8(code, radix: 16) {
        name.unicodeScalars.append(Unicode.Scalar(value))
        rest.removeFirst(5)
      } else {
        name.append(next)
        rest.removeFirst()
      }
    }
    return name
  }

  /// Compares the ports found with the ports that have to be there.
  ///
  /// - Parameters:
  ///   - top: the module.
  ///   - parameters: the values at which it has them, for the message.
  /// - Throws: `RTLError` naming the first port that is missing, different or unknown.
  package static func check(
    _ found: [HeaderPort], against wanted: [(name: String, isInput: Bool, width: Int)],
    of top: String, at parameters: [(name: String, value: Int)]
  ) throws {
    func direction(_ isInput: Bool) -> String { isInput ? "input" : "output" }
    let values = parameters.map { " \($0.name)=\($0.value)" }.joined()
    for port in wanted {
      guard let other = found.first(where: { $0.name == port.name }) else {
        throw RTLError("module \(top) has no port `\(port.name)`.")
      }
      guard other.isInput == port.isInput else {
        throw RTLError(
          "port `\(port.name)` of \(top) is an \(direction(other.isInput)); it must be an "
            + "\(direction(port.isInput)).")
      }
      guard other.width == port.width else {
        throw RTLError(
          "port `\(port.name)` of \(top) has \(other.width) bits; it must have \(port.width)"
            + (values.isEmpty ? "." : " with\(values)."))
      }
    }
    for port in found where !wanted.contains(where: { $0.name == port.name }) {
      throw RTLError(
        "module \(top) has a port `\(port.name)` that the testbench does not know.")
    }
  }
}
