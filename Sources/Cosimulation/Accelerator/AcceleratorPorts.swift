import Verilated

/// The ports of an accelerator whose buses have the widths that are found.
struct AcceleratorPorts {
  /// Every port that it must have.
  let all: [CorePort]

  /// - Throws: `RTLError` when a port that decides a width is missing or no bus has that width.
  init(_ found: [HeaderPort], of top: String) throws {
    func width(_ name: String, in widths: some Sequence<Int>) throws -> Int {
      guard let port = found.first(where: { $0.name == name }) else {
        throw RTLError("module \(top) has no port `\(name)`.")
      }
      guard widths.contains(port.width) else {
        throw RTLError("port `\(name)` of \(top) has \(port.width) bits, which no AXI bus has.")
      }
      return port.width
    }
    let data = try width("m_axi_rdata", in: (5...10).map { 1 << $0 })
    let address = try width("m_axi_araddr", in: 12...64)
    let register = try width("s_axil_awaddr", in: 1...32)
    var ports = Self.ports("", [("clk", 1), ("rst", 1)], [("irq", 1)])
    ports += Self.handshake("s_axil_aw", .input, [("addr", register), ("prot", 3)])
    ports += Self.handshake("s_axil_w", .input, [("data", 32), ("strb", 4)])
    ports += Self.handshake("s_axil_b", .output, [("resp", 2)])
    ports += Self.handshake("s_axil_ar", .input, [("addr", register), ("prot", 3)])
    ports += Self.handshake("s_axil_r", .output, [("data", 32), ("resp", 2)])
    for (request, answer) in [("ar", "r"), ("aw", "b")] {
      let id = try width("m_axi_\(request)id", in: 1...8)
      ports += Self.handshake(
        "m_axi_\(request)", .output,
        [("id", id), ("addr", address), ("len", 8), ("size", 3), ("burst", 2)])
      ports += Self.handshake(
        "m_axi_\(answer)", .input,
        [("id", id), ("resp", 2)] + (answer == "r" ? [("data", data), ("last", 1)] : []))
    }
    ports += Self.handshake("m_axi_w", .output, [("data", data), ("strb", data / 8), ("last", 1)])
    all = ports
  }

  private static func ports(
    _ prefix: String, _ inputs: [(String, Int)], _ outputs: [(String, Int)]
  ) -> [CorePort] {
    inputs.map { CorePort(name: prefix + $0.0, direction: .input, width: $0.1) }
      + outputs.map { CorePort(name: prefix + $0.0, direction: .output, width: $0.1) }
  }

  /// The ports of a channel whose payload flows in `direction`, seen from the accelerator.
  private static func handshake(
    _ channel: String, _ direction: CorePort.Direction, _ payload: [(String, Int)]
  ) -> [CorePort] {
    let forward = [("valid", 1)] + payload
    return direction == .input
      ? ports(channel, forward, [("ready", 1)]) : ports(channel, [("ready", 1)], forward)
  }
}
