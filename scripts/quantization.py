#!/usr/bin/env python3
"""Writes Tests/QuantizationTests/rules.json: the quantizer's rules, computed in Python's fractions.

    scripts/quantization.py [--check]

Numbers are drawn by a seeded generator and aimed at ties, ends and extremes of floating point. None of
the Swift code is used. With --check the file is compared with what would be written.
"""

import json
import math
import random
import struct
import sys
from fractions import Fraction
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent / "Tests" / "QuantizationTests" / "rules.json"


def single(value):
    """The nearest number of single precision."""
    return struct.unpack("<f", struct.pack("<f", value))[0]


def floor(value):
    return value.numerator // value.denominator


def ceil(value):
    return -floor(-value)


def half_even(value):
    low = floor(value)
    rest = value - low
    if rest != Fraction(1, 2):
        return low + (rest > Fraction(1, 2))
    return low + low % 2


def clamp(value, limit):
    return max(-limit, min(limit, value))


def sums(generator, number):
    """Weights and biases of a layer, a channel each row."""
    bits = generator.choice([4, 5, 8, 12, 16])
    levels = 2 ** (bits - 1) - 1
    width = 32 if bits <= 8 else 48
    per_channel = number % 3 != 0
    channels, inputs = generator.randint(1, 4), generator.randint(1, 7)
    spread = 10.0 ** generator.randint(-6, 3)
    weights = [[single(generator.gauss(0, 1) * spread) for _ in range(inputs)]
               for _ in range(channels)]
    input_scale = generator.choice([1 / 255, 1.0, 0.1, 2.0 ** -7, generator.random() + 1e-3])
    if number % 4 == 1:
        # Ties: the largest weight is the last level times a power of two.
        step = 2.0 ** generator.randint(-12, 3)
        weights = [[step * levels] + [step * (generator.randint(-levels, levels - 1) + 0.5)
                                      for _ in range(inputs)] for _ in range(channels)]
    if number % 5 == 2:
        weights[0] = [0.0] * len(weights[0])
    bias = [single(generator.gauss(0, 1) * spread * input_scale * 50) for _ in range(channels)]
    if number % 7 == 3:
        # The bias alone asks for a larger step.
        bias[-1] = single(spread * input_scale * 2.0 ** 33)
    if number % 5 == 2 and number % 2:
        bias[0] = 0.0
    steps = []
    for row, own in zip(weights, bias):
        needed = abs(own) / input_scale / 2.0 ** (width - 2)
        steps.append(max(max(map(abs, row)) / levels, needed))
    largest = max(steps)
    steps = [step if per_channel and step > 0 else (largest if largest > 0 else 1.0)
             for step in steps]
    quantized = [[clamp(half_even(Fraction(w) / Fraction(step)), levels) for w in row]
                 for row, step in zip(weights, steps)]
    scales = [Fraction(step) * Fraction(input_scale) for step in steps]
    return {
        "weight_width": bits, "activation_width": 16 if bits > 8 else 8,
        "per_channel": per_channel, "input_scale": input_scale, "weights": weights, "bias": bias,
        "steps": steps, "quantized_weights": quantized,
        "quantized_bias": [half_even(Fraction(b) / s) for b, s in zip(bias, scales)],
    }


def requantization(generator, number):
    """M and S: the largest S of at most 63 for which M, to the nearest even, has `width` bits."""
    width = generator.choice([1, 2, 8, 15, 16, 31, 32])
    step = generator.random() * 2.0 ** generator.randint(-80, 10)
    input_scale = generator.random() * 2.0 ** generator.randint(-10, 3)
    activation = generator.random() * 2.0 ** generator.randint(-20, 6)
    if number % 4 == 0:
        # Just below and above a power of two, where rounding gives a bit more.
        step, input_scale = 2.0 ** generator.randint(-30, 0), 1.0
        step *= generator.choice([1, 1 - 2.0 ** -53, 1 - 2.0 ** -17, 1 + 2.0 ** -52, 1.5])
        activation = 2.0 ** generator.randint(-9, 3)
    ratio = Fraction(step) * Fraction(input_scale) / Fraction(activation)
    found = None
    for shift in range(63, -1, -1):
        multiplier = half_even(ratio * 2 ** shift)
        if multiplier < 2 ** width:
            found = [multiplier, shift]
            break
    return {"width": width, "step": step, "input_scale": input_scale, "activation": activation,
            "expected": found}


def threshold(generator, number):
    step = generator.random() * 2.0 ** generator.randint(-30, 3)
    input_scale = generator.choice([1 / 255, 1.0, generator.random() + 1e-6])
    scale = Fraction(step) * Fraction(input_scale)
    value = single(float(scale) * generator.randint(-2 ** 30, 2 ** 30))
    if number % 4 == 0:
        # Exactly an integer, and next to one.
        step, input_scale = 2.0 ** generator.randint(-20, 2), 1.0
        scale = Fraction(step)
        value = generator.randint(-2 ** 20, 2 ** 20) * step
        if number % 8 == 0:
            value = struct.unpack("<f", struct.pack(
                "<I", struct.unpack("<I", struct.pack("<f", value))[0] + 1))[0]
    if number % 16 == 3:
        value = generator.choice([1.401298464324817e-45, -1.401298464324817e-45,
                                  1.1754943508222875e-38, 0.0])
    if number % 16 == 5:
        # Few digits over many.
        input_scale = generator.random() + 0.5
        scale = Fraction(step) * Fraction(input_scale)
        value = 2.0 ** (math.frexp(step)[1] + generator.randint(20, 40))
    return {"step": step, "input_scale": input_scale, "threshold": value,
            "up": ceil(Fraction(value) / scale), "nearest": half_even(Fraction(value) / scale)}


def compression(generator, number):
    width = generator.choice([8, 16])
    magnitude = 2 ** generator.randint(3, 30)
    low = 0 if number % 2 else -magnitude
    values = [generator.randint(low, magnitude) for _ in range(generator.randint(1, 9))]
    for shift in range(64):
        quotients = [-(-value >> shift) for value in values]
        if all(-2 ** (width - 1) <= quotient < 2 ** (width - 1) for quotient in quotients):
            break
    return {"width": width, "thresholds": values,
            "compressed": [quotient << shift for quotient in quotients]}


def content():
    generator = random.Random(6)
    rules = {
        "sums": [sums(generator, number) for number in range(60)],
        "requantizations": [requantization(generator, number) for number in range(120)],
        "thresholds": [threshold(generator, number) for number in range(160)],
        "compressions": [compression(generator, number) for number in range(40)],
    }
    lines = [f'  "{name}": [\n' + ",\n".join("    " + json.dumps(case) for case in cases) + "\n  ]"
             for name, cases in rules.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main():
    text = content()
    if sys.argv[1:] == ["--check"]:
        if not FILE.exists() or FILE.read_text() != text:
            sys.exit(f"{FILE} differs from what scripts/quantization.py writes")
        return
    FILE.write_text(text)


if __name__ == "__main__":
    main()
