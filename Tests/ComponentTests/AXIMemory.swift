import Simulation

/// A memory behind AXI4, for a bench whose master's ports begin with `m_axi_`: pauses on every channel,
/// a latency, and all that the protocol asks of a master checked.
final class AXIMemory {
  struct Burst {
    let address: Int
    var beats: Int
    let readyAt: Int
    var id = 0
  }

  let bench: any TestBench
  let bytes: Int
  /// The bytes of the memory by address.
  var contents: [Int: UInt8] = [:]
  /// Addresses at which an access is answered with SLVERR.
  var broken: Set<Int> = []
  private(set) var problems: [String] = []
  private(set) var bursts: [(address: Int, beats: Int)] = []
  private(set) var most = 0
  private var random: SeededGenerator
  private let pauses: Int
  private let latency: Int
  private var reads: [Burst] = []
  private var writes: [Burst] = []
  private var responses: [(fails: Bool, readyAt: Int)] = []
  private var currentFails = false
  private var held: [String: [BitVector]] = [:]
  private var cycle = 0

  /// - Parameters:
  ///   - pauses: in how many of ten cycles a channel pauses.
  ///   - latency: cycles from a request to its first answer.
  init(_ bench: any TestBench, bytes: Int, seed: UInt64, pauses: Int, latency: Int) {
    self.bench = bench
    self.bytes = bytes
    self.pauses = pauses
    self.latency = latency
    random = SeededGenerator(seed: seed)
  }

  private func runs() -> Bool { Int.random(in: 0..<10, using: &random) >= pauses }

  private func has(_ name: String) -> Bool { bench.ports.contains { $0.name == "m_axi_\(name)" } }

  /// Sets the inputs of the master for this cycle; `step` ends it.
  func offer() throws {
    if has("arready") {
      try bench.poke("m_axi_arready", runs() ? 1 : 0)
      if readValid == nil {
        readValid = reads.first.map { $0.readyAt <= cycle && runs() } ?? false
      }
      let valid = readValid ?? false
      try bench.poke("m_axi_rvalid", valid ? 1 : 0)
      if valid, let burst = reads.first {
        try bench.poke("m_axi_rdata", bits: word(at: burst.address))
        try bench.poke("m_axi_rid", burst.id)
        try bench.poke("m_axi_rlast", burst.beats == 1 ? 1 : 0)
        try bench.poke("m_axi_rresp", broken.contains(burst.address) ? 2 : 0)
      }
    }
    if has("awready") {
      try bench.poke("m_axi_awready", runs() ? 1 : 0)
      try bench.poke("m_axi_wready", runs() ? 1 : 0)
      if responseValid == nil {
        responseValid = responses.first.map { $0.readyAt <= cycle && runs() } ?? false
      }
      let valid = responseValid ?? false
      try bench.poke("m_axi_bvalid", valid ? 1 : 0)
      if valid { try bench.poke("m_axi_bresp", responses[0].fails ? 2 : 0) }
    }
  }

  /// What is offered stays until it is taken.
  private var readValid: Bool?
  private var responseValid: Bool?

  /// Sees what the master does in this cycle, and steps.
  func step() throws {
    if has("arready") {
      try watch("ar", ["id", "addr", "len"])
      if try fires("ar") {
        reads.append(try takeBurst("ar"))
        most = max(most, reads.count)
      }
      if readValid == true, try bench.peek("m_axi_rready") == 1 {
        readValid = nil
        let burst = reads[0]
        reads[0] = Burst(
          address: burst.address + bytes, beats: burst.beats - 1, readyAt: 0, id: burst.id)
        if reads[0].beats == 0 { reads.removeFirst() }
      } else if readValid == false {
        readValid = nil
      }
    }
    if has("awready") {
      try watch("aw", ["id", "addr", "len"])
      try watch("w", ["data", "strb", "last"])
      if responseValid == true, try bench.peek("m_axi_bready") == 1 {
        responseValid = nil
        responses.removeFirst()
      } else if responseValid == false {
        responseValid = nil
      }
      if try fires("w") { try takeWord() }
      if try fires("aw") {
        writes.append(try takeBurst("aw"))
        most = max(most, writes.count + responses.count)
      }
    }
    try bench.step()
    cycle += 1
  }

  private func fires(_ channel: String) throws -> Bool {
    let valid = try bench.peek("m_axi_\(channel)valid")
    return try valid == 1 && bench.peek("m_axi_\(channel)ready") == 1
  }

  private func check(_ holds: Bool, _ problem: @autoclosure () -> String) {
    if !holds { problems.append("cycle \(cycle): \(problem())") }
  }

  /// `valid` stays with its payload until `ready`.
  private func watch(_ channel: String, _ fields: [String]) throws {
    let valid = try bench.peek("m_axi_\(channel)valid") == 1
    let payload = try fields.map { try bench.peek(bits: "m_axi_\(channel)\($0)") }
    if let before = held[channel] {
      check(valid, "\(channel)valid is withdrawn")
      check(payload == before, "the payload of \(channel) changes")
    }
    let isTaken = try fires(channel)
    held[channel] = valid && !isTaken ? payload : nil
  }

  private func takeBurst(_ channel: String) throws -> Burst {
    let address = try bench.peek("m_axi_\(channel)addr")
    let beats = try bench.peek("m_axi_\(channel)len") + 1
    check(try bench.peek("m_axi_\(channel)burst") == 1, "\(channel)burst is not INCR")
    check(1 << (try bench.peek("m_axi_\(channel)size")) == bytes, "\(channel)size is not the bus's")
    check(address % bytes == 0, "\(address) begins no beat")
    check(
      address / 4096 == (address + beats * bytes - 1) / 4096,
      "\(beats) beats from \(address) cross 4 KB")
    bursts.append((address, beats))
    let id = try bench.peek("m_axi_\(channel)id")
    return Burst(address: address, beats: beats, readyAt: cycle + latency, id: id)
  }

  private func takeWord() throws {
    guard var burst = writes.first else {
      return check(false, "data come before their address")
    }
    let data = try bench.peek(bits: "m_axi_wdata")
    let strobe = try bench.peek(bits: "m_axi_wstrb")
    for byte in 0..<bytes where strobe[byte] {
      contents[burst.address + byte] = UInt8(data.slice(from: 8 * byte, width: 8).words[0])
    }
    currentFails = currentFails || broken.contains(burst.address)
    burst = Burst(address: burst.address + bytes, beats: burst.beats - 1, readyAt: burst.readyAt)
    check(try bench.peek("m_axi_wlast") == (burst.beats == 0 ? 1 : 0), "wlast is wrong")
    writes[0] = burst
    guard burst.beats == 0 else { return }
    writes.removeFirst()
    responses.append((currentFails, cycle + latency))
    currentFails = false
  }

  /// A beat of the memory; what was never written is made of its address.
  func word(at address: Int) -> BitVector {
    var words = [UInt64](repeating: 0, count: (bytes + 7) / 8)
    for byte in 0..<bytes {
      let value = contents[address + byte] ?? UInt8(truncatingIfNeeded: (address + byte) &* 37 + 11)
      words[byte / 8] |= UInt64(value) << UInt64(8 * (byte % 8))
    }
    return BitVector(width: 8 * bytes, words: words)
  }
}
