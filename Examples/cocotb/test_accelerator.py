"""A program of mimegen compile on mime_accelerator, with the memory and the bus of cocotbext-axi.

The logits must be the golden model's, the counters in memory those that the registers show; and a
program for another accelerator must end with its error, after which a good one runs, without reset.
"""
import logging
import os
from pathlib import Path

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import FallingEdge, First, RisingEdge, Timer
from cocotbext.axi import AxiBus, AxiLiteBus, AxiLiteMaster, AxiRam

from mime_driver import Driver, Program

FOLDER = Path(os.environ["MIME_PROGRAM"])
HEADER = Path(__file__).resolve().parents[2] / "rtl" / "mime_accelerator.h"
# Anywhere that begins a multiple of 128.
BASE = 0x4000
PERIOD = 10  # ns


class Bench:
    """The accelerator with its surroundings, out of reset."""

    @classmethod
    async def make(cls, dut):
        bench = cls()
        bench.dut = dut
        bench.program = Program(FOLDER)
        # The models say every signal and transfer.
        for port in ["s_axil", "m_axi"]:
            logging.getLogger(f"cocotb.mime_accelerator.{port}").setLevel(logging.WARNING)
        cocotb.start_soon(Clock(dut.clk, PERIOD, unit="ns").start())
        master = AxiLiteMaster(AxiLiteBus.from_prefix(dut, "s_axil"), dut.clk, dut.rst)
        bench.memory = AxiRam(
            AxiBus.from_prefix(dut, "m_axi"), dut.clk, dut.rst,
            size=BASE + len(bench.program.image))
        # The model leaves it undefined until its first answer, and `m_axi_rready` follows it.
        dut.m_axi_rid.value = 0
        async def read(offset):
            return int.from_bytes((await master.read(offset, 4)).data, "little")

        async def write(offset, value):
            await master.write(offset, value.to_bytes(4, "little"))

        bench.driver = Driver(HEADER, read, write)
        dut.rst.value = 1
        for _ in range(4):
            await RisingEdge(dut.clk)
        dut.rst.value = 0
        await FallingEdge(dut.clk)
        return bench

    async def run(self, program):
        """Error, operation, and the memory's image after the program."""
        self.memory.write(BASE, bytes(program.image))
        await self.driver.start(program, BASE)
        late = Timer(200_000 * PERIOD, "ns")
        if self.dut.irq.value == 0:
            assert await First(RisingEdge(self.dut.irq), late) is not late, "no interrupt"
        error, operation = await self.driver.finish()
        assert self.dut.irq.value == 0
        return error, operation, self.memory.read(BASE, len(program.image))

    async def run_well(self):
        error, operation, memory = await self.run(self.program)
        assert (error, operation) == (0, len(self.program.operations))
        expected = [image["logits"] for image in self.program.inputs]
        assert self.program.logits(memory) == expected
        classes = [image["class_number"] for image in self.program.inputs]
        assert self.program.classes(memory) == classes
        return memory


@cocotb.test()
async def logits_and_counters(dut):
    bench = await Bench.make(dut)
    await bench.driver.identify(bench.program)
    memory = await bench.run_well()

    products = cycles = 0
    for number, operation in enumerate(bench.program.operations):
        counters = bench.program.counters(number, memory)
        cycles += counters["cycle.operation"]
        if operation["operation"] == "layer":
            active, gated = sum(counters["mac.active"]), sum(counters["mac.gated"])
            products += active
            dut._log.info(
                "%s of %d images: %d cycles, %d products, %d gated, %d skipped",
                operation["layer"], operation["images"], counters["cycle.operation"],
                active, gated, sum(counters["mac.skipped"]))
    dut._log.info("%d cycles in all operations", cycles)
    assert products > 0

    # The registers still have the counters of the last operation.
    last = bench.program.counters(len(bench.program.operations) - 1, memory)
    task = bench.program.inputs[-1]["task"]
    assert last["mac.active"][task] > 0
    for name in ["mac.active", "mac.gated", "act.read"]:
        assert await bench.driver.counter(name, task) == last[name][task], name
    for name in ["cycle.total", "cycle.compute", "dram.weight", "dram.channel"]:
        assert await bench.driver.counter(name) == last[name], name


@cocotb.test()
async def a_program_of_another_accelerator(dut):
    bench = await Bench.make(dut)
    wrong = Program(FOLDER)
    second = list(wrong.operation_offsets())[1]
    # The hash, and the checksum that keeps the sum of the fields zero.
    wrong.set_word(second, wrong.word(second) + 1)
    wrong.set_word(second + 8, wrong.word(second + 8) - 1)
    error, operation, _ = await bench.run(wrong)
    assert (error, operation) == (bench.driver.numbers["ERROR_HASH"], 1)
    await bench.run_well()


@cocotb.test()
async def a_damaged_program(dut):
    bench = await Bench.make(dut)
    wrong = Program(FOLDER)
    wrong.set_word(wrong.offset + 124, wrong.word(wrong.offset + 124) ^ 0x80)
    error, operation, _ = await bench.run(wrong)
    assert (error, operation) == (bench.driver.numbers["ERROR_CHECKSUM"], 0)
    await bench.run_well()
