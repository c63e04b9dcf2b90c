import HDL

/// The interfaces of AMBA AXI (ARM IHI 0022, issue E), as a manager drives them.
extension Interface {
  /// AXI4: bursts, identifiers, write strobes. Channels `aw`, `w`, `b`, `ar`, `r`.
  ///
  /// - Parameters:
  ///   - address: bits of an address.
  ///   - data: bits of a beat, 32 to 1024, a power of two.
  ///   - id: bits of a transaction's identifier, at least 1.
  public static func axi4(address: Nat, data: Nat, id: Nat) -> Interface {
    let request: [Field] = [
      .forward("id", bits(id)), .forward("addr", bits(address)),
      .forward("len", bits(8), "beats less one"),
      .forward("size", bits(3), "log2 of a beat's bytes"),
      .forward("burst", bits(2), "0 fixed, 1 incrementing, 2 wrapping"),
    ]
    return channels([
      "aw": handshake(request),
      "w": handshake([
        .forward("data", bits(data)), .forward("strb", bits(data / 8)), .forward("last"),
      ]),
      "b": handshake([.forward("id", bits(id)), .forward("resp", bits(2))]).reversed,
      "ar": handshake(request),
      "r": handshake([
        .forward("id", bits(id)), .forward("data", bits(data)), .forward("resp", bits(2)),
        .forward("last"),
      ]).reversed,
    ])
  }

  /// AXI4-Lite: single beats of 32 or 64 bits.
  public static func axi4Lite(address: Nat, data: Nat = 32) -> Interface {
    channels([
      "aw": handshake([.forward("addr", bits(address)), .forward("prot", bits(3))]),
      "w": handshake([.forward("data", bits(data)), .forward("strb", bits(data / 8))]),
      "b": handshake([.forward("resp", bits(2))]).reversed,
      "ar": handshake([.forward("addr", bits(address)), .forward("prot", bits(3))]),
      "r": handshake([.forward("data", bits(data)), .forward("resp", bits(2))]).reversed,
    ])
  }

  private static func handshake(_ payload: [Field]) -> Interface {
    Interface([.forward("valid"), .backward("ready")] + payload)
  }
}
