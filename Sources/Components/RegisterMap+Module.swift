import HDL

extension RegisterMap {
  /// The hardware: a target of AXI4-Lite, and a port for each field that is not a constant.
  ///
  /// A read is answered a cycle after its request, a write two cycles after its later half. An address
  /// that no register has is answered with SLVERR (2), and changes nothing. Byte strobes are honoured.
  public func module(file: StaticString = #fileID, line: Int = #line) -> Module {
    Module(
      "\(name)_registers", "The registers of \(name), behind AXI4-Lite. \(doc)", file: file,
      line: line
    ) { m in
      let clk = m.input("clk")
      let rst = m.input("rst", "synchronous")
      let bus = m.target("s_axil", .axi4Lite(address: .literal(addressWidth)))
      let ports = declarePorts(m)
      let write = describeWriting(m, bus, clk, rst)
      for (number, register) in registers.enumerated() {
        describeFields(m, register, number, ports, write, clk, rst)
      }
      describeReading(m, bus, registers.map { word(of: $0, ports) }, clk, rst)
      m.unused("bits", write.data, write.mask)
      m.unused("protection", bus["awprot"], bus["arprot"])
      m.unused(
        "bytes", bus["awaddr"].slice(from: 0, width: 2), bus["araddr"].slice(from: 0, width: 2))
    }
  }

  /// A port for each field that has one, by the field's name.
  private func declarePorts(_ m: ModuleBuilder) -> [String: Signal] {
    var ports: [String: Signal] = [:]
    for field in registers.flatMap(\.fields) {
      let name = field.name.lowercased()
      let shape = bits(.literal(field.width))
      switch field.access {
      case .constant: break
      case .status: ports[name] = m.input(name, shape, field.doc)
      case .control(let reset):
        ports[name] = m.outputRegister(name, shape, reset: .literal(Int(reset)), field.doc)
      case .trigger: ports[name] = m.outputRegister(name, shape, reset: 0, field.doc)
      case .sticky:
        ports["\(name)_set"] = m.input("\(name)_set", shape)
        ports[name] = m.outputRegister(name, shape, reset: 0, field.doc)
      }
    }
    return ports
  }

  /// The bits of an address that number a register.
  private func index(_ address: Signal) -> Signal {
    address.slice(from: 2, width: .literal(addressWidth - 2))
  }

  /// What a write brings: when, to which register, and the bits that change.
  private struct Write {
    let happens: Signal
    let index: Signal
    let data: Signal
    let mask: Signal
  }

  /// Takes address and data, in any order, and answers.
  private func describeWriting(
    _ m: ModuleBuilder, _ bus: Bundle, _ clk: Signal, _ rst: Signal
  ) -> Write {
    m.comment("A write happens when address and data are there and the last answer has gone.")
    let hasAddress = m.register("has_address", reset: 0)
    let hasData = m.register("has_data", reset: 0)
    let index = m.register("write_index", bits(.literal(addressWidth - 2)))
    let data = m.register("write_data", bits(32))
    let strobe = m.register("write_strobe", bits(4))
    let answers = m.register("write_answers", reset: 0)
    let fails = m.register("write_fails", reset: 0)
    let happens = m.wire("write_happens", hasAddress && hasData && (!answers || bus["bready"]))
    m.drive {
      bus["awready"] <== !hasAddress
      bus["wready"] <== !hasData
      bus["bvalid"] <== answers
      bus["bresp"] <== concatenate(fails, zero(.bit))
    }
    m.clocked(clk, reset: rst) {
      When(happens) {
        hasAddress <== 0
        hasData <== 0
        answers <== 1
        fails <== 1
        Match(index) { Case(registers.indices.map { .literal($0) }) { fails <== 0 } }
      } else: {
        When(bus["awvalid"]) { hasAddress <== 1 }
        When(bus["wvalid"]) { hasData <== 1 }
        When(bus["bready"]) { answers <== 0 }
      }
    }
    m.clocked(clk) {
      When(!hasAddress) { index <== self.index(bus["awaddr"]) }
      When(!hasData) {
        data <== bus["wdata"]
        strobe <== bus["wstrb"]
      }
    }
    let mask = m.wire(
      "write_mask", concatenate((0..<4).reversed().map { strobe[.literal($0)].repeated(8) }))
    return Write(happens: happens, index: index, data: data, mask: mask)
  }

  /// What the fields of a register take from a write and from the design.
  private func describeFields(
    _ m: ModuleBuilder, _ register: Register, _ number: Int, _ ports: [String: Signal],
    _ write: Write, _ clk: Signal, _ rst: Signal
  ) {
    guard register.fields.contains(where: \.isWritten) else { return }
    m.comment("\(register.name): \(register.doc)")
    let writes = m.wire(
      "writes_\(register.name.lowercased())", write.happens && write.index == .literal(number))
    for (field, low) in register.places where field.isWritten {
      let name = field.name.lowercased()
      let (from, width) = (Nat.literal(low), Nat.literal(field.width))
      let port = ports[name]!
      let mask = write.mask.slice(from: from, width: width)
      let data = write.data.slice(from: from, width: width)
      if case .control = field.access {
        m.clocked(clk, reset: rst, enable: writes) { port <== (port &&& ~mask) ||| (data &&& mask) }
        continue
      }
      let ones = writes.repeated(width) &&& data &&& mask
      m.clocked(clk, reset: rst) {
        if let set = ports["\(name)_set"] {
          port <== (port &&& ~ones) ||| set
        } else {
          port <== ones
        }
      }
    }
  }

  /// The bits of a register as they are read.
  private func word(of register: Register, _ ports: [String: Signal]) -> Signal {
    let parts = register.fields.map { field -> Signal in
      let width = Nat.literal(field.width)
      switch field.access {
      case .constant(let value): return constant(.literal(Int(value)), width: width)
      case .trigger: return zero(bits(width))
      case .status, .control, .sticky: return ports[field.name.lowercased()]!
      }
    }
    let spare = 32 - register.fields.reduce(0) { $0 + $1.width }
    let all = parts.reversed()
    return concatenate(spare > 0 ? [zero(bits(.literal(spare)))] + all : Array(all))
  }

  /// Takes the address of a read and answers.
  private func describeReading(
    _ m: ModuleBuilder, _ bus: Bundle, _ words: [Signal], _ clk: Signal, _ rst: Signal
  ) {
    m.comment("A read is taken when the last answer has gone or goes.")
    let answers = m.register("read_answers", reset: 0)
    let fails = m.register("read_fails")
    let data = m.register("read_data", bits(32))
    let takes = m.wire("read_takes", !answers || bus["rready"])
    let happens = m.wire("read_happens", bus["arvalid"] && takes)
    m.drive {
      bus["arready"] <== takes
      bus["rvalid"] <== answers
      bus["rdata"] <== data
      bus["rresp"] <== concatenate(fails, zero(.bit))
    }
    m.clocked(clk, reset: rst) {
      When(happens) {
        answers <== 1
      } else: {
        When(bus["rready"]) { answers <== 0 }
      }
    }
    m.clocked(clk, enable: happens) {
      data <== 0
      fails <== 1
      Match(index(bus["araddr"])) {
        for (number, word) in words.enumerated() {
          Case(.literal(number)) {
            data <== word
            fails <== 0
          }
        }
      }
    }
  }
}

extension RegisterMap.Field {
  /// Whether a write does something.
  fileprivate var isWritten: Bool {
    switch access {
    case .control, .trigger, .sticky: true
    case .constant, .status: false
    }
  }
}
