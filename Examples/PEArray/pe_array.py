"""The array of PEArray.swift in Amaranth: prints its Verilog, or times the way there.

    pe_array.py verilog ROWS COLS       Verilog to the standard output
    pe_array.py time ROWS COLS          seconds to elaborate and emit, and bytes of Verilog
"""

import sys
import time

from amaranth.back import verilog
from amaranth.hdl import Cat, ClockDomain, ClockSignal, Const, Elaboratable, Module, Signal, signed


class Element(Elaboratable):
    """Zero-gated multiply-accumulate."""

    def __init__(self, width=8, acc_width=32):
        self.shift = Signal()
        self.act = Signal(signed(width))
        self.weight = Signal(signed(width))
        self.above = Signal(signed(acc_width))
        self.act_out = Signal(signed(width), reset_less=True)
        self.weight_out = Signal(signed(width), reset_less=True)
        self.total = Signal(signed(acc_width), reset_less=True)

    def elaborate(self, platform):
        m = Module()
        m.d.sync += [self.act_out.eq(self.act), self.weight_out.eq(self.weight)]
        with m.If(self.shift):
            m.d.sync += self.total.eq(self.above)
        with m.Elif(self.act.any()):
            m.d.sync += self.total.eq(self.total + self.act * self.weight)
        return m


class Array(Elaboratable):
    """ROWS x COLS elements; sums leave at the bottom."""

    def __init__(self, rows, columns, width=8, acc_width=32):
        self.rows, self.columns, self.width, self.acc_width = rows, columns, width, acc_width
        self.clk = Signal()
        self.shift = Signal()
        self.west = Signal(rows * width)
        self.north = Signal(columns * width)
        self.south = Signal(columns * acc_width)

    def elaborate(self, platform):
        m = Module()
        m.domains.sync = ClockDomain(reset_less=True)
        m.d.comb += ClockSignal().eq(self.clk)
        grid = {}
        for r in range(self.rows):
            for c in range(self.columns):
                element = grid[r, c] = Element(self.width, self.acc_width)
                m.submodules[f"pe_{r}_{c}"] = element
                m.d.comb += [
                    element.shift.eq(self.shift),
                    element.act.eq(
                        self.west.word_select(r, self.width) if c == 0
                        else grid[r, c - 1].act_out),
                    element.weight.eq(
                        self.north.word_select(c, self.width) if r == 0
                        else grid[r - 1, c].weight_out),
                    element.above.eq(Const(0) if r == 0 else grid[r - 1, c].total),
                ]
        m.d.comb += self.south.eq(
            Cat(grid[self.rows - 1, c].total for c in range(self.columns)))
        return m


def emit(rows, columns):
    array = Array(rows, columns)
    ports = [array.clk, array.shift, array.west, array.north, array.south]
    return verilog.convert(array, name="pe_array", ports=ports, strip_internal_attrs=True)


if __name__ == "__main__":
    what, rows, columns = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    start = time.perf_counter()
    text = emit(rows, columns)
    seconds = time.perf_counter() - start
    if what == "verilog":
        print(text)
    else:
        print(f"{seconds:.4f} {len(text.encode())}")
