import Foundation
import Testing
import Verilated

@testable import Cosimulation

/// Every rule of the buses, broken by a module that breaks the one that a register names.
@Suite struct BusRuleTests {
  /// Data of 32 bits. Rule `mode` is broken from `age` 20 on, cycles after it was written.
  static let sources = VerilogSources([
    .init(
      name: "rule_breaker.v",
      text: """
        module rule_breaker #(parameter RESET_VALID = 0) (
          input wire clk, input wire rst, output wire irq,
          input wire s_axil_awvalid, output wire s_axil_awready,
          input wire [3:0] s_axil_awaddr, input wire [2:0] s_axil_awprot,
          input wire s_axil_wvalid, output wire s_axil_wready,
          input wire [31:0] s_axil_wdata, input wire [3:0] s_axil_wstrb,
          output wire s_axil_bvalid, input wire s_axil_bready, output wire [1:0] s_axil_bresp,
          input wire s_axil_arvalid, output wire s_axil_arready,
          input wire [3:0] s_axil_araddr, input wire [2:0] s_axil_arprot,
          output wire s_axil_rvalid, input wire s_axil_rready,
          output wire [31:0] s_axil_rdata, output wire [1:0] s_axil_rresp,
          output wire m_axi_arvalid, input wire m_axi_arready, output wire [3:0] m_axi_arid,
          output wire [39:0] m_axi_araddr, output wire [7:0] m_axi_arlen,
          output wire [2:0] m_axi_arsize, output wire [1:0] m_axi_arburst,
          input wire m_axi_rvalid, output wire m_axi_rready, input wire [3:0] m_axi_rid,
          input wire [31:0] m_axi_rdata, input wire [1:0] m_axi_rresp, input wire m_axi_rlast,
          output wire m_axi_awvalid, input wire m_axi_awready, output wire [0:0] m_axi_awid,
          output wire [39:0] m_axi_awaddr, output wire [7:0] m_axi_awlen,
          output wire [2:0] m_axi_awsize, output wire [1:0] m_axi_awburst,
          output wire m_axi_wvalid, input wire m_axi_wready, output wire [31:0] m_axi_wdata,
          output wire [3:0] m_axi_wstrb, output wire m_axi_wlast,
          input wire m_axi_bvalid, output wire m_axi_bready, input wire [0:0] m_axi_bid,
          input wire [1:0] m_axi_bresp
        );
          reg [7:0] mode, age;
          reg has_address, has_word, answers, reads, asked;
          wire on = age >= 20;
          always @(posedge clk) begin
            if (rst) begin
              {mode, age, has_address, has_word, answers, reads, asked} <= 0;
            end else begin
              if (mode != 0 && age != 255) age <= age + 1;
              if (s_axil_awvalid && s_axil_awready) has_address <= 1;
              if (s_axil_wvalid && s_axil_wready) begin
                has_word <= 1;
                mode <= s_axil_wdata[7:0];
                age <= 0;
                asked <= 0;
              end else if (m_axi_awvalid && m_axi_awready) asked <= 1;
              if (has_address && has_word) answers <= 1;
              if (answers && s_axil_bready) {answers, has_address, has_word} <= 0;
              if (s_axil_arvalid && s_axil_arready) reads <= 1;
              else if (s_axil_rvalid && s_axil_rready) reads <= 0;
            end
          end
          assign irq = 0;
          assign s_axil_awready = !has_address;
          assign s_axil_wready = !has_word;
          assign s_axil_bvalid = answers || (on && mode == 15);
          assign s_axil_bresp = on && mode == 18 ? 1 : 0;
          assign s_axil_arready = !reads && mode != 19;
          assign s_axil_rvalid = reads && (mode != 20 || age[0]) || (on && mode == 16);
          assign s_axil_rdata = mode == 21 ? age : mode;
          assign s_axil_rresp = on && mode == 17 ? 1 : 0;

          assign m_axi_arvalid = RESET_VALID != 0 || (on && mode >= 1 && mode <= 7
            && mode != 2 && (mode != 6 || age[0]));
          assign m_axi_arid = 9;
          assign m_axi_araddr = mode == 1 ? 40'hff0 : mode == 3 ? 40'h102
            : mode == 7 ? {30'd0, age, 2'd0} : 40'hab_0000_0100;
          assign m_axi_arlen = mode == 1 ? 7 : 0;
          assign m_axi_arsize = mode == 4 ? 1 : 2;
          assign m_axi_arburst = mode == 5 ? 2 : 1;
          assign m_axi_rready = 1;

          wire writes = mode == 2 || (mode >= 9 && mode <= 14);
          assign m_axi_awvalid = on && writes && !asked && (mode != 14 || age[0]);
          assign m_axi_awid = 0;
          assign m_axi_awaddr = mode == 2 ? 40'h1ffc : 40'h100;
          assign m_axi_awlen = mode == 13 ? 0 : mode == 11 || mode == 12 ? 255 : 1;
          assign m_axi_awsize = 2;
          assign m_axi_awburst = 1;
          assign m_axi_wvalid = on && (mode == 8 || asked) && (mode != 11 || age[0]);
          assign m_axi_wdata = mode == 12 ? {4{age}} : 0;
          assign m_axi_wstrb = 15;
          assign m_axi_wlast = mode == 9 || mode == 13;
          assign m_axi_bready = 1;
        endmodule

        """)
  ])

  static func accelerator(resetValid: Int = 0) throws -> SimulatedAccelerator {
    let build = AcceleratorBuild(
      sources, top: "rule_breaker", parameters: [("RESET_VALID", resetValid)])
    return try SimulatedAccelerator(
      AcceleratorLibrary(path: build.product().path), memory: SimulatedMemory(bytes: 0x1000))
  }

  @Test(
    arguments: [
      (1, false, "m_axi_ar: a burst of 8 beats from 0xff0 crosses 4 KB"),
      (2, false, "m_axi_aw: a burst of 2 beats from 0x1ffc crosses 4 KB"),
      (3, false, "m_axi_ar: a burst of 1 beats from 0x102 does not begin at a multiple of 4 bytes"),
      (
        4, false,
        "m_axi_ar: a burst of 1 beats from 0xab00000100 has size 1; the full width is 2"
      ),
      (
        5, false,
        "m_axi_ar: a burst of 1 beats from 0xab00000100 has burst type 2, not INCR (1)"
      ),
      (6, true, "m_axi_arvalid fell before m_axi_arready rose"),
      (7, true, "the payload of m_axi_arvalid changed before m_axi_arready rose"),
      (8, false, "m_axi_wvalid is high and no burst was asked for that lacks data"),
      (9, false, "m_axi_wlast is high with 1 beats to come"),
      (10, false, "m_axi_wlast is low in the last beat of a burst"),
      (11, true, "m_axi_wvalid fell before m_axi_wready rose"),
      (12, true, "the payload of m_axi_wvalid changed before m_axi_wready rose"),
      (13, false, "m_axi_wvalid is high and no burst was asked for that lacks data"),
      (14, true, "m_axi_awvalid fell before m_axi_awready rose"),
      (15, false, "s_axil_bvalid is high and no write waits for its response"),
      (16, false, "s_axil_rvalid is high and no read waits for its data"),
    ] as [(UInt32, Bool, String)])
  func findsBrokenRules(mode: UInt32, stalls: Bool, message: String) throws {
    let accelerator = try Self.accelerator()
    try accelerator.setRegister(0, to: mode)
    if stalls { accelerator.setStalls(.init(probability: 0.8, seed: 4)) }
    let before = accelerator.cycle
    let error = try #require(throws: SimulationError.self) { try accelerator.run(cycles: 400) }
    guard case .ended(.protocolViolation, message, let cycle) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(before + 15..<before + 60 ~= cycle)
    // What broke a rule stays so.
    #expect(throws: error) { try accelerator.run(cycles: 1) }
  }

  /// The same module keeps the rules as long as it is not told to break one.
  @Test func findsNothingElse() throws {
    let accelerator = try Self.accelerator()
    accelerator.setStalls(.init(probability: 0.5, seed: 4))
    try accelerator.setRegister(4, to: 0)
    #expect(try accelerator.register(0) == 0)
    try accelerator.run(cycles: 400)
  }

  @Test(
    arguments: [
      (17, .protocolViolation, "s_axil answers EXOKAY (1), which AXI4-Lite does not have"),
      (19, .noAnswer, "a read of register 0x8 got no answer within 10000 cycles"),
      (20, .protocolViolation, "s_axil_rvalid fell before s_axil_rready rose"),
      (21, .protocolViolation, "the payload of s_axil_rvalid changed before s_axil_rready rose"),
    ] as [(UInt32, SimulationError.Cause, String)])
  func findsBrokenRulesOfReads(
    mode: UInt32, cause: SimulationError.Cause, message: String
  ) throws {
    let accelerator = try Self.accelerator()
    try accelerator.setRegister(0, to: mode)
    try accelerator.run(cycles: 40)
    accelerator.setStalls(.init(probability: 0.8, seed: 4))
    let error = try #require(throws: SimulationError.self) { _ = try accelerator.read(at: 8) }
    guard case .ended(cause, message, _) = error else {
      Issue.record("\(error)")
      return
    }
  }

  @Test func findsValidDuringReset() throws {
    #expect(
      throws: SimulationError.ended(
        by: .protocolViolation, message: "m_axi_arvalid is high during reset", cycle: 1)
    ) { _ = try Self.accelerator(resetValid: 1) }
  }

  @Test(
    arguments: [
      (
        "[31:0] m_axi_rdata", "[32:0] m_axi_rdata",
        "port `m_axi_rdata` of rule_breaker has 33 bits, which no AXI bus has."
      ),
      (
        "[31:0] m_axi_wdata", "[63:0] m_axi_wdata",
        "port `m_axi_wdata` of rule_breaker has 64 bits; it must have 32 with RESET_VALID=0."
      ),
      ("output wire irq", "output wire done", "module rule_breaker has no port `irq`."),
      (
        "input wire rst,", "input wire rst, input wire extra,",
        "module rule_breaker has a port `extra` that the testbench does not know."
      ),
    ])
  func comparesThePorts(text: String, edited: String, message: String) throws {
    let source = Self.sources.files[0].text
      .replacingOccurrences(of: text, with: edited)
      .replacingOccurrences(of: "assign irq = 0;", with: "")
    let build = AcceleratorBuild(
      VerilogSources([.init(name: "rule_breaker.v", text: source)]), top: "rule_breaker",
      parameters: [("RESET_VALID", 0)])
    try withFolder { folder in
      #expect(throws: RTLError(message)) {
        _ = try build.product(in: BuildCache(folder: folder))
      }
    }
  }
}
