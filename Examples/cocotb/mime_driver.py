"""A driver of mime_accelerator: what it needs of a program, and the registers.

It is plain Python over two coroutines that read and write a register, so it can be taken from here
to a board. docs/programs.md describes program.json; the register numbers are those of
rtl/mime_accelerator.h, which is read here so that there is one source of them.
"""
import json
import re


class Program:
    """What mimegen compile wrote."""

    def __init__(self, folder):
        self.description = json.loads((folder / "program.json").read_text())
        self.image = bytearray((folder / self.description["image"]["file"]).read_bytes())
        self.offset = self.description["program_offset"]
        self.operations = self.description["operations"]
        self.inputs = self.description["images"]

    def operation_offsets(self):
        """Offsets of the operations' descriptors; a layer's runs follow its own."""
        offset = self.offset
        for operation in self.operations:
            yield offset
            runs = self.word(offset + 12) & 0xff if operation["operation"] == "layer" else 0
            offset += 128 + -(-16 * runs // 128) * 128
        yield offset

    def word(self, offset):
        return int.from_bytes(self.image[offset:offset + 4], "little")

    def set_word(self, offset, value):
        self.image[offset:offset + 4] = (value % 2**32).to_bytes(4, "little")

    def logits(self, memory):
        """The logits of each image in the order of `inputs`, out of the image after a run."""
        logits = [[] for _ in self.inputs]
        for operation in self.operations:
            result = operation.get("result")
            if not result or result["form"] != "logits":
                continue
            blocks = -(-result["channels"] // result["elements"])
            for block in range(blocks):
                for i in range(operation["images"]):
                    start = result["offset"] + (
                        block * operation["images"] + i) * result["word_bytes"]
                    word = int.from_bytes(memory[start:start + result["word_bytes"]], "little")
                    own = logits[operation["first_image"] + i]
                    for element in range(result["elements"]):
                        if len(own) < result["channels"]:
                            own.append(self._element(word, element, result))
        return logits

    def classes(self, memory):
        """The class that the accelerator found for each image, in the order of `inputs`."""
        classes = [None] * len(self.inputs)
        for operation in self.operations:
            result = operation.get("result")
            if result and result["form"] == "logits":
                for i in range(operation["images"]):
                    start = result["classes_offset"] + i * result["class_bytes"]
                    classes[operation["first_image"] + i] = int.from_bytes(
                        memory[start:start + 4], "little")
        return classes

    @staticmethod
    def _element(word, number, result):
        bits = result["element_bits"]
        value = word >> number * bits & 2**bits - 1
        return value - 2**bits if result["is_signed"] and value >> bits - 1 else value

    def counters(self, operation, memory):
        """The counters of an operation by name: a number, or a list with one for each task."""
        layout = self.description["counters"]
        place = self.operations[operation]["counters_offset"]
        counters = {}
        for counter in layout["names"]:
            values = []
            for _ in range(layout["tasks"] if counter["per_task"] else 1):
                values.append(int.from_bytes(memory[place:place + 8], "little"))
                place += layout["value_bytes"]
            counters[counter["name"]] = values if counter["per_task"] else values[0]
        return counters


class Driver:
    """The accelerator behind two coroutines, `read(offset)` and `write(offset, value)`."""

    def __init__(self, header, read, write):
        self.read = read
        self.write = write
        self.numbers = {
            name: int(value, 0)
            for name, value in re.findall(r"#define MIME_(\w+) (\w+?)u\b", header.read_text())}

    def offset(self, register):
        return self.numbers[f"ACCELERATOR_{register}"]

    def field(self, register, field, value):
        name = f"ACCELERATOR_{register}_{field}"
        return (value & self.numbers[f"{name}_MASK"]) >> self.numbers[f"{name}_SHIFT"]

    async def identify(self, program):
        """Raises where the accelerator is not the one that the program is for."""
        identity = await self.read(self.offset("ID"))
        if identity != self.numbers["ACCELERATOR_ID_IDENTITY_VALUE"]:
            raise ValueError(f"there is no accelerator: its identity reads {identity:#010x}")
        found = await self.read(self.offset("HASH"))
        wanted = int(program.description["accelerator"]["hash"], 0)
        if found != wanted:
            raise ValueError(f"the program is for {wanted:#010x}, the accelerator is {found:#010x}")

    async def start(self, program, base):
        for register, value in [
                ("BASE_LOW", base % 2**32), ("BASE_HIGH", base >> 32),
                ("LIMIT", len(program.image)), ("PROGRAM", program.offset),
                ("INTERRUPT", 1), ("CONTROL", 1)]:
            await self.write(self.offset(register), value)

    async def finish(self):
        """Error and operation of the program that has ended; clears the interrupt."""
        status = await self.read(self.offset("STATUS"))
        await self.write(self.offset("STATUS"), self.numbers["ACCELERATOR_STATUS_DONE_MASK"])
        return self.field("STATUS", "ERROR", status), self.field("STATUS", "OPERATION", status)

    async def counter(self, name, task=0):
        """A counter of the last operation."""
        number = self.numbers[f"EVENT_{name.upper().replace('.', '_')}"]
        await self.write(self.offset("EVENT_SELECT"), number | task << 8)
        low = await self.read(self.offset("EVENT_LOW"))
        return low | await self.read(self.offset("EVENT_HIGH")) << 32
