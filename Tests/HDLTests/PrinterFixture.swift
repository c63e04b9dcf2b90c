import HDL

/// A module that uses every construct of the language, and one that it instantiates.
enum PrinterFixture {
  static let delay = Module("tap", "One cycle of delay.") { m in
    let width = m.parameter("WIDTH", default: 4, in: 1...64, "bits")
    let clk = m.input("clk")
    let input = m.input("d", signed(width))
    let output = m.outputRegister("q", signed(width))
    m.clocked(clk) { output <== input }
  }

  static let everything = Module(
    "everything",
    """
    Every construct once.
    A long line of the description is broken between words, so that the text of the comment stays \
    inside the width of a page.

    * a point of a list
    """
  ) { m in
    let width = m.parameter("WIDTH", default: 8, in: 2...16, "bits of an element")
    let count = m.parameter("COUNT", default: 4, in: 1...64, "elements")
    let depth = m.parameter("DEPTH", default: 2 * count, from: count, through: 128, "words")
    let clk = m.input("clk")
    let rst = m.input("rst", "synchronous")
    let data = m.input("data", bits(count * width), "elements side by side")
    let select = m.input("pick", bits(indexWidth(count)))
    let level = m.input("level", signed(width))
    let picked = m.output("picked", bits(width))
    let total = m.outputRegister("total", bits(width + 6), reset: 0, "of the elements")
    let above = m.output("above", "the product is above the level")
    let wide = m.constant("WIDE", 2 * width + 1, "Room for a product.")
    let addressWidth = m.constant("ADDRESS_WIDTH", indexWidth(depth))
    let identity = m.pattern("IDENTITY", width: 12, value: 0x2a)

    m.comment("Elements.")
    m.drive { picked <== data.element(at: select, width: width) }
    let sum = m.sum("element_sum", bits(width + 6), index: "i", count: count, "Modulo 64.") { i in
      data.element(i, bits(width)).extended(to: width + 6)
    }
    let mask = m.or("element_mask", bits(width), index: "i", count: count) { i in
      data.slice(from: i * width, width: width)
    }

    m.comment("A chain with an edge.")
    let stages = m.forEach("stage", index: "s", count: count) { s in
      let held = m.register("held", signed(width), "Of this stage.")
      let arriving = m.wire("arriving", signed(width))
      m.given(s == 0, "entry", else: "inner") {
        m.drive { arriving <== data.element(0, signed(width)) }
      } else: {
        m.drive { arriving <== held.at(s - 1) }
      }
      let tapped = m.wire("tapped", signed(width))
      m.instance(
        "tap", of: delay, parameters: [("WIDTH", width)],
        ports: [("q", tapped), ("d", arriving), ("clk", clk)])
      m.unused("tapped", tapped)
      m.clocked(clk, enable: !rst) { held <== arriving }
      m.given(s == count - 1 && count > 1, "end_of_chain") { m.unused("held", held) }
      return held
    }

    m.comment("Arithmetic.")
    let end = m.wire("end_of_stages", stages.at(count - 1))
    let product = m.wire("product", end * level)
    let scaled = m.wire("scaled", product.extended(to: wide).shiftedRight(by: select))
    m.drive { above <== (scaled > level.extended(to: wide) && mask.anyBit) }

    m.comment("A memory, and a register with every kind of assignment.")
    let words = m.memory("words", bits(width), depth: depth)
    let address = m.register("address", bits(addressWidth), reset: 0)
    m.clocked(clk, reset: rst, enable: level != zero(signed(width))) {
      words[address] <== (mask ^^^ ~picked)
      When(address == depth - 1) {
        address <== zero(bits(addressWidth))
        total[0] <== identity[5]
      } else: {
        When(select == 0) {
          address <== address + constant(1, width: addressWidth)
        } else: {
          total <== mux(select >= 2, sum, total - constant(5, width: width + 6))
        }
      }
    }
    m.unused(
      "rest", words[address], scaled.slice(from: 1, width: wide - 1),
      concatenate(rst, identity.slice(from: 4, width: 4)))
  }

  static let text = """
    // Generated for a test.
    //
    // SPDX-License-Identifier: Apache-2.0

    // Every construct once. A long line of the description is broken between words, so that the text
    // of the comment stays inside the width of a page.
    //
    // * a point of a list
    module everything #(
        // bits of an element (2...16)
        parameter WIDTH = 8,
        // elements (1...64)
        parameter COUNT = 4,
        // words (COUNT...128)
        parameter DEPTH = 2 * COUNT
    ) (
        input wire clk,
        // synchronous
        input wire rst,
        // elements side by side
        input wire [COUNT * WIDTH - 1:0] data,
        input wire [(1 > $clog2(COUNT) ? 1 : $clog2(COUNT)) - 1:0] pick,
        input wire signed [WIDTH - 1:0] level,
        output wire [WIDTH - 1:0] picked,
        // of the elements
        output reg [WIDTH + 5:0] total,
        // the product is above the level
        output wire above
    );
        // Room for a product.
        localparam WIDE = 2 * WIDTH + 1;
        localparam ADDRESS_WIDTH = (1 > $clog2(DEPTH) ? 1 : $clog2(DEPTH));
        localparam [11:0] IDENTITY = 12'h02a;
        genvar s;

        // Elements.
        assign picked = data[pick * WIDTH +: WIDTH];

        // Modulo 64.
        reg [WIDTH + 5:0] element_sum;
        always @* begin : element_sum_terms
            integer i;
            element_sum = {(WIDTH + 6){1'b0}};
            for (i = 0; i < COUNT; i = i + 1)
                element_sum = element_sum + {{6{1'b0}}, data[i * WIDTH +: WIDTH]};
        end

        reg [WIDTH - 1:0] element_mask;
        always @* begin : element_mask_terms
            integer i;
            element_mask = {WIDTH{1'b0}};
            for (i = 0; i < COUNT; i = i + 1)
                element_mask = element_mask | data[i * WIDTH +: WIDTH];
        end

        // A chain with an edge.
        generate
        for (s = 0; s < COUNT; s = s + 1) begin : stage
            // Of this stage.
            reg signed [WIDTH - 1:0] held;
            wire signed [WIDTH - 1:0] arriving;

            if (s == 0) begin : entry
                assign arriving = $signed(data[WIDTH - 1:0]);
            end else begin : inner
                assign arriving = stage[s - 1].held;
            end

            wire signed [WIDTH - 1:0] tapped;

            tap #(
                .WIDTH(WIDTH)
            ) tap (
                .clk(clk),
                .d(arriving),
                .q(tapped)
            );

            wire unused_tapped = &{1'b0, tapped};

            always @(posedge clk) begin
                if (!rst) begin
                    held <= arriving;
                end
            end

            if (s == COUNT - 1 && 1 < COUNT) begin : end_of_chain
                wire unused_held = &{1'b0, held};
            end
        end
        endgenerate

        // Arithmetic.
        wire signed [WIDTH - 1:0] end_of_stages = stage[COUNT - 1].held;
        wire signed [WIDTH + WIDTH - 1:0] product = {{WIDTH{end_of_stages[WIDTH - 1]}}, end_of_stages} * {{WIDTH{level[WIDTH - 1]}}, level};
        wire signed [WIDE - 1:0] scaled = $signed($signed({product[WIDTH + WIDTH - 1], product}) >>> pick);
        assign above = (scaled > $signed({{(WIDE - WIDTH){level[WIDTH - 1]}}, level})) && |element_mask;

        // A memory, and a register with every kind of assignment.
        reg [WIDTH - 1:0] words [0:DEPTH - 1];
        reg [ADDRESS_WIDTH - 1:0] address;

        always @(posedge clk) begin
            if (rst) begin
                address <= {ADDRESS_WIDTH{1'b0}};
                total <= {(WIDTH + 6){1'b0}};
            end else if (level != {WIDTH{1'b0}}) begin
                words[address] <= element_mask ^ ~picked;
                if ({{(32 - ADDRESS_WIDTH){1'b0}}, address} == DEPTH - 1) begin
                    address <= {ADDRESS_WIDTH{1'b0}};
                    total[0] <= IDENTITY[5];
                end else if (pick == {(1 > $clog2(COUNT) ? 1 : $clog2(COUNT)){1'b0}}) begin
                    address <= address + {{(ADDRESS_WIDTH - 1){1'b0}}, 1'b1};
                end else begin
                    total <= ({{(32 - (1 > $clog2(COUNT) ? 1 : $clog2(COUNT))){1'b0}}, pick} >= 2) ? element_sum : (total - {{(WIDTH + 3){1'b0}}, 3'd5});
                end
            end
        end

        wire unused_rest = &{1'b0, words[address], scaled[1 +: WIDE - 1], {rst, IDENTITY[4 +: 4]}};
    endmodule

    """
}
