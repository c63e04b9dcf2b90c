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
    let write = axi4Write(address: address, data: data, id: id)
    return Interface(write.fields + axi4Read(address: address, data: data, id: id).fields)
  }

  /// The channels of AXI4 that write: `aw`, `w`, `b`; parameters as those of `axi4`.
  public static func axi4Write(address: Nat, data: Nat, id: Nat) -> Interface {
    channels([
      "aw": handshake(request(address, id)),
      "w": handshake([
        .forward("data", bits(data)), .forward("strb", bits(data / 8)), .forward("last"),
      ]),
      "b": handshake([.forward("id", bits(id)), .forward("resp", bits(2))]).reversed,
    ])
  }

  /// The channels of AXI4 that read: `ar`, `r`; parameters as those of `axi4`.
  public static func axi4Read(address: Nat, data: Nat, id: Nat) -> Interface {
    channels([
      "ar": handshake(request(address, id)),
      "r": handshake([
        .forward("id", bits(id)), .forward("data", bits(data)), .forward("resp", bits(2)),
        .forward("last"),
      ]).reversed,
    ])
  }

  private static func request(_ address: Nat, _ id: Nat) -> [Field] {
    [
      .forward("id", bits(id)), .forward("addr", bits(address)),
      .forward("len", bits(8), "beats less one"),
      .forward("size", bits(3), "log2 of a beat's bytes"),
      .forward("burst", bits(2), "0 fixed, 1 incrementing, 2 wrapping"),
    ]
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
