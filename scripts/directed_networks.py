"""The directed networks: their plans, how their numbers are drawn, and their exact inference.

Weights and images come from a seeded generator, biases are aimed so that chosen sums sit on
rounding ties and at the clamp, and thresholds sit at and beside sums. Images are inferred in
integers and fractions, straight from the definition:

    y = sum a*w + b (one w for all positions of a channel where a layer averages);  m = y >= t;  z = m ? y : 0;  q = clamp(round(z * M / 2^S));  2x2 max-pool
"""
import math
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

HALF = Fraction(1, 2)
ROUNDINGS = {
    "half-even": round,
    "half-up": lambda x: math.floor(x + HALF),
    "half-away": lambda x: math.floor(x + HALF) if x >= 0 else math.ceil(x - HALF),
    "floor": math.floor,
    "toward-zero": math.trunc,
}


@dataclass(frozen=True)
class Layer:
    name: str
    kind: str  # "conv" or "fc"
    cin: int
    cout: int
    size: int = 1  # of the input
    pool: bool = False
    kernel: int = None  # 3 by default, and 1 of "fc"
    stride: int = 1
    padding: int = None  # half the kernel by default
    average: bool = False  # "fc" of the sums of its input's channels; the kernel is the input

    def __post_init__(self):
        if self.kernel is None:
            fc_kernel = self.size if self.average else 1
            object.__setattr__(self, "kernel", 3 if self.kind == "conv" else fc_kernel)
        if self.padding is None:
            object.__setattr__(self, "padding", self.kernel // 2 if self.kind == "conv" else 0)

    @property
    def weights(self):
        """How many an output channel has."""
        return self.cin if self.average else self.cin * self.kernel**2

    @property
    def products(self):
        """How many each weight is in."""
        return self.kernel**2 if self.average else 1

    @property
    def out(self):
        """Height and width of the output before pooling."""
        return len(range(-self.padding, self.size + self.padding - self.kernel + 1, self.stride))

    @property
    def shape(self):
        return [self.cout] + ([self.out, self.out] if self.kind == "conv" else [])

    @property
    def metadata(self):
        """What a model file says of it; kernel, stride and padding where they are not default."""
        size = 1 if self.average else self.size
        result = dict(name=self.name, kind=self.kind, cin=self.cin, cout=self.cout, size=size,
                      pool=self.pool)
        if self.average:
            result["average"] = True
        if self.kind == "conv":
            defaults = dict(kernel=3, stride=1, padding=self.kernel // 2)
            result |= {n: getattr(self, n) for n, d in defaults.items() if getattr(self, n) != d}
        return result

    def windows(self):
        """For each output position, the (k, index into the input) pairs inside the input.

        Weight k of an output channel belongs to the value; where the layer averages, to all of a
        channel.
        """
        starts = range(-self.padding, self.size + self.padding - self.kernel + 1, self.stride)
        for top in starts:
            for left in starts:
                pairs = []
                for k in range(self.cin * self.kernel**2):
                    channel, tap = divmod(k, self.kernel**2)
                    y = top + tap // self.kernel
                    x = left + tap % self.kernel
                    if 0 <= y < self.size and 0 <= x < self.size:
                        weight = channel if self.average else k
                        pairs.append((weight, (channel * self.size + y) * self.size + x))
                yield pairs

    def sums(self, weights, values):
        """[cout][positions], flat, without bias."""
        windows = list(self.windows())
        return [sum(values[i] * w[k] for k, i in window) for w in weights for window in windows]

    @property
    def pooled_size(self):
        return self.out // 2 if self.pool else self.out

    def pooled(self, q):
        if not self.pool:
            return q
        edge = self.pooled_size
        at = lambda c, y, x: q[(c * self.out + y) * self.out + x]
        return [
            max(at(c, y, x), at(c, y, x + 1), at(c, y + 1, x), at(c, y + 1, x + 1))
            for c in range(self.cout) for y in range(0, 2 * edge, 2) for x in range(0, 2 * edge, 2)
        ]


@dataclass(frozen=True)
class Plan:
    """What distinguishes one network; the rest is drawn."""
    name: str
    layers: tuple
    classes: dict  # by task
    activation: str = "u8"
    input: str = "u8"
    clamp: tuple = (0, 255)
    rounding: str = "half-even"
    weight_bits: int = 8
    sum_bits: int = 32  # some accumulators are the extremes of this width
    multipliers: tuple = (1, 3, 0xC000, 0xFFFF, 0x8000, 0xA001, 5)
    scales: tuple = ((1, 0), (0xFFFF, 63), (0xFFFF, 33), (1, 1))  # (M, S) besides
    relu_tasks: tuple = ()
    mode: str = "mime"
    images: int = 12  # of each task
    extra: tuple = ()  # situations it must reach besides those of every network
    head_average: bool = False  # heads take the sums of the last map's channels

    @property
    def is_signed(self):
        return self.activation.startswith("s")

    @property
    def tasks(self):
        return list(self.classes)


PLANS = (
    Plan("u8", (Layer("conv1", "conv", 1, 5, 5, True), Layer("conv2", "conv", 5, 6, 2),
                Layer("fc1", "fc", 24, 28)),
         {"odd": 3, "plain": 2, "even": 5}, relu_tasks=("plain",)),
    Plan("s8", (Layer("conv1", "conv", 2, 4, 5, True), Layer("fc1", "fc", 16, 40)),
         {"left": 4, "right": 2}, "s8", "s8", (-127, 127), extra=("lowest image value",)),
    Plan("s8-half-up", (Layer("conv1", "conv", 1, 3, 3), Layer("fc1", "fc", 27, 40)),
         {"one": 3, "two": 2}, "s8", "u8", (-127, 127), "half-up"),
    Plan("s8-half-away", (Layer("conv1", "conv", 1, 3, 3), Layer("fc1", "fc", 27, 40)),
         {"one": 3, "two": 2}, "s8", "u8", (-127, 127), "half-away"),
    Plan("s8-floor", (Layer("conv1", "conv", 1, 3, 3), Layer("fc1", "fc", 27, 40)),
         {"one": 3, "two": 2}, "s8", "u8", (-128, 127), "floor"),
    Plan("s8-toward-zero", (Layer("conv1", "conv", 1, 3, 3), Layer("fc1", "fc", 27, 40)),
         {"one": 3, "two": 2}, "s8", "s8", (-100, 77), "toward-zero"),
    Plan("s16", (Layer("conv1", "conv", 1, 4, 3), Layer("fc1", "fc", 36, 32)),
         {"high": 3, "low": 2}, "s16", "u16", (-32767, 32767), weight_bits=16, sum_bits=48,
         scales=((1, 0), (0xFFFF, 63), (0xFFFF, 62), (0xFFFF, 47), (0x8000, 40), (1, 30))),
    Plan("s24", (Layer("conv1", "conv", 1, 3, 3), Layer("fc1", "fc", 27, 32)),
         {"high": 3, "low": 2}, "s24", "s24", (-(2**23 - 1), 2**23 - 1), weight_bits=24,
         sum_bits=64, multipliers=(1, 3, 0xC0000000, 0xFFFFFFFF, 0x80000000, 0xA0000001),
         scales=((1, 0), (0xFFFFFFFF, 63), (0x80000000, 63), (1, 63), (1, 40)),
         extra=("lowest image value",)),
    Plan("shift", (Layer("conv1", "conv", 1, 4, 5, True), Layer("fc1", "fc", 16, 24)),
         {"one": 2, "two": 3}, clamp=(0, 200), multipliers=(1,),
         scales=((1, 0), (1, 1), (1, 63), (1, 31), (1, 24))),
    Plan("s8-shift", (Layer("conv1", "conv", 1, 3, 3), Layer("fc1", "fc", 27, 40)),
         {"one": 2, "two": 3}, "s8", "s8", (-127, 127), multipliers=(1,),
         scales=((1, 0), (1, 1), (1, 63), (1, 31), (1, 24)), extra=("lowest image value",)),
    Plan("k1", (Layer("fc1", "fc", 1, 48), Layer("fc2", "fc", 48, 10)),
         {"one": 2, "two": 3}, images=16),
    Plan("conventional", (Layer("conv1", "conv", 1, 4, 5, True), Layer("fc1", "fc", 16, 28)),
         {"one": 2, "two": 3}, mode="conventional"),
    Plan("kernel5", (Layer("conv1", "conv", 1, 4, 7, True, kernel=5),
                     Layer("conv2", "conv", 4, 5, 3, kernel=1, stride=2),
                     Layer("fc1", "fc", 20, 28)),
         {"one": 3, "two": 2}),
    Plan("kernel7", (Layer("conv1", "conv", 1, 3, 9, True, kernel=7, stride=2),
                     Layer("conv2", "conv", 3, 4, 2, stride=2, padding=2),
                     Layer("fc1", "fc", 16, 40)),
         {"one": 3, "two": 2}, "s8", "s8", (-127, 127), extra=("lowest image value",)),
    Plan("kernel2", (Layer("conv1", "conv", 2, 4, 5, kernel=2, stride=2, padding=0),
                     Layer("conv2", "conv", 4, 5, 2, True, kernel=2),
                     Layer("fc1", "fc", 5, 40)),
         {"one": 3, "two": 2}, "s8", "u8", (-127, 127), "half-up"),
    Plan("padding", (Layer("conv1", "conv", 1, 4, 6, True, kernel=5, stride=2, padding=4),
                     Layer("conv2", "conv", 4, 4, 2, kernel=1),
                     Layer("conv3", "conv", 4, 4, 2, True, padding=2)),
         {"one": 2, "two": 3}, mode="conventional"),
    Plan("average", (Layer("conv1", "conv", 2, 4, 6, True),
                     Layer("fc1", "fc", 4, 28, 3, average=True),
                     Layer("conv2", "conv", 28, 7, 1, kernel=2, padding=1)),
         {"one": 3, "two": 2}, "s8", "u8", (-127, 127), head_average=True),
)


class Generator:
    """SplitMix64, seeded by a name."""

    def __init__(self, name):
        self.state = int.from_bytes(name.encode(), "little") % (2**64 - 59)

    def below(self, bound):
        mask = 2**64 - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return (z ^ (z >> 31)) % bound

    def value(self, low, high):
        """Zero, an extreme or any value of the range."""
        return (0, low, high, low + self.below(high - low + 1))[self.below(4)]


def format_range(name):
    width = int(name[1:])
    return (0, 2**width - 1) if name[0] == "u" else (-2 ** (width - 1), 2 ** (width - 1) - 1)


def signed_range(bits):
    return format_range(f"s{bits}")


def draw_images(plan, generator):
    low, high = format_range(plan.input)
    count = plan.layers[0].cin * plan.layers[0].size ** 2
    single = [high] + [0] * (count - 1)
    images = [[0] * count, [high] * count, [low or 1] * count, single]
    while len(images) < plan.images:
        images.append([generator.value(low, high) for _ in range(count)])
    return images


class Network:
    """The numbers of a plan and everything it computes for its images.

    `numbers[owner, layer]` is (weights, bias, multipliers, shifts), the owner "parent" or a task;
    `thresholds[task, layer]` and the traces `acc`, `mask`, `act`[task, layer, image] are flat.
    """

    def __init__(self, plan):
        self.plan = plan
        self.generator = Generator(plan.name)
        self.images = {task: draw_images(plan, self.generator) for task in plan.tasks}
        self.numbers, self.thresholds, self.heads, self.logits = {}, {}, {}, {}
        self.acc, self.mask, self.act = {}, {}, {}
        self.inputs = {(t, i): x for t in plan.tasks for i, x in enumerate(self.images[t])}
        self.layer_inputs = {}
        self.drawn = 0  # channels so far: scales go around over all layers
        self.aims = Counter()  # how often each target was aimed at
        for layer in plan.layers:
            self.layer_inputs[layer.name] = dict(self.inputs)
            for owner in self.owners:
                self.make_layer(layer, owner)
        for task in plan.tasks:
            self.make_head(task)

    @property
    def owners(self):
        return ["parent"] if self.plan.mode == "mime" else self.plan.tasks

    def numbers_of(self, task, layer):
        return self.numbers["parent" if self.plan.mode == "mime" else task, layer.name]

    def make_layer(self, layer, owner):
        plan = self.plan
        tasks = plan.tasks if owner == "parent" else [owner]
        keys = [(task, image) for task in tasks for image in range(plan.images)]
        weights = [self.draw_weights(layer, channel) for channel in range(layer.cout)]
        sums = {key: layer.sums(weights, self.inputs[key]) for key in keys}
        bias, multipliers, shifts, aimed = [], [], [], {}
        positions = layer.out**2
        for channel in range(layer.cout):
            multiplier, shift = self.scale(max(abs(y) for s in sums.values() for y in s))
            key = keys[7 * self.drawn % len(keys)]
            neuron = channel * positions + 5 * self.drawn % positions
            bias.append(self.bias(
                layer, channel, weights[channel], sums[key][neuron], multiplier, shift))
            multipliers.append(multiplier)
            shifts.append(shift)
            aimed[key[0], neuron] = key[1]
            self.drawn += 1
        self.numbers[owner, layer.name] = weights, bias, multipliers, shifts
        for key in keys:
            self.acc[key[0], layer.name, key[1]] = [
                y + bias[n // positions] for n, y in enumerate(sums[key])]
        for task in tasks:
            self.place_thresholds(layer, task, aimed)
        for task, image in keys:
            self.infer(layer, task, image, multipliers, shifts)

    def draw_weights(self, layer, channel):
        """The lowest weight everywhere, zeros everywhere, or any."""
        low, high = signed_range(self.plan.weight_bits)
        if channel == 0:
            return [low] * layer.weights
        if channel % 8 in (1, 2):
            return [0] * layer.weights
        return [self.generator.value(low, high) for _ in range(layer.weights)]

    def scale(self, reach):
        """(M, S): every third channel one of the plan's, others so that sums fill activations."""
        plan = self.plan
        turn, kind = divmod(self.drawn, 3)
        if kind == 2:
            return plan.scales[turn % len(plan.scales)]
        multiplier = plan.multipliers[self.drawn * 2 // 3 % len(plan.multipliers)]
        surplus = reach.bit_length() - plan.clamp[1].bit_length() + self.generator.below(3) - 1
        return multiplier, min(max(multiplier.bit_length() - 1 + surplus, 0), 63)

    def bias(self, layer, channel, weights, total, multiplier, shift):
        """That turns the sum `total` of the neuron aimed at into what is worth having there.

        Where weights are zero that is an extreme of the accumulator; elsewhere the quotient or
        the sum, of those that can be had exactly, that was aimed at least often.
        """
        low, high = self.plan.clamp
        if channel % 8 == 1:
            return signed_range(self.plan.sum_bits)[1]
        if channel % 8 == 2 and self.plan.is_signed:
            return signed_range(self.plan.sum_bits)[0]
        quotients = [HALF, 3 * HALF, high, high + HALF, high + 1, high - HALF]
        if self.plan.is_signed:
            quotients += [-HALF, -3 * HALF, low, low - HALF, low - 1, low + HALF]
        targets = {f"sum {y}": Fraction(y) for y in (0, 1, -1)}
        targets |= {f"quotient {q}": Fraction(q * 2**shift, multiplier) for q in quotients}
        name = min(
            (name for name, y in targets.items()
             if y.denominator == 1 and self.fits(layer, weights, int(y) - total)),
            key=lambda name: self.aims[name], default=None)
        if name is None:
            return self.generator.below(255) - 127
        self.aims[name] += 1
        return int(targets[name]) - total

    def fits(self, layer, weights, bias):
        """That no input can take a sum out of the accumulator."""
        least, most = signed_range(self.plan.sum_bits)
        low, high = (self.plan.clamp if layer != self.plan.layers[0]
                     else format_range(self.plan.input))
        ends = [sorted((w * low * layer.products, w * high * layer.products)) for w in weights]
        return (sum(e[0] for e in ends) + min(bias, 0) >= least
                and sum(e[1] for e in ends) + max(bias, 0) <= most)

    def place_thresholds(self, layer, task, aimed):
        plan = self.plan
        count = layer.cout * layer.out**2
        if plan.mode == "conventional" or task in plan.relu_tasks:
            self.thresholds[task, layer.name] = [0] * count
            return
        least, most = signed_range(plan.sum_bits)
        thresholds = []
        for neuron in range(count):
            sums = [self.acc[task, layer.name, image][neuron] for image in range(plan.images)]
            y = sums[aimed.get((task, neuron), 5 * neuron % plan.images)]
            rule = 0 if (task, neuron) in aimed else self.generator.below(6)
            t = (y, y + 1, y - 1, min(sums), max(sums), min(sums) - 1)[rule]
            thresholds.append(min(max(t, least if plan.is_signed else 0), most))
        self.thresholds[task, layer.name] = thresholds

    def infer(self, layer, task, image, multipliers, shifts):
        low, high = self.plan.clamp
        acc = self.acc[task, layer.name, image]
        mask = [int(y >= t) for y, t in zip(acc, self.thresholds[task, layer.name])]
        act = []
        for neuron, (y, m) in enumerate(zip(acc, mask)):
            channel = neuron // layer.out**2
            x = Fraction(m * y * multipliers[channel], 2 ** shifts[channel])
            act.append(min(max(ROUNDINGS[self.plan.rounding](x), low), high))
        self.mask[task, layer.name, image] = mask
        self.act[task, layer.name, image] = act
        self.inputs[task, image] = layer.pooled(act)

    def make_head(self, task):
        """The last two of three classes or more are equal, and for image 5 as large as class 0."""
        inputs = [self.inputs[task, image] for image in range(self.plan.images)]
        classes = self.plan.classes[task]
        low, high = signed_range(self.plan.weight_bits)
        head = Layer("head", "fc", len(inputs[0]), classes)
        if self.plan.head_average:
            last = self.plan.layers[-1]
            head = Layer("head", "fc", last.cout, classes, last.pooled_size, average=True)
        weights = [
            [self.generator.value(low, high) for _ in range(head.weights)] for _ in range(classes)]
        bias = [self.generator.below(999) - 499 for _ in range(classes)]
        if classes > 2:
            weights[-1] = weights[-2]
            logits = [y + b for y, b in zip(head.sums(weights, inputs[5]), bias)]
            bias[0] += max(logits[:-1]) - logits[0]
            bias[-2] += max(logits[:-1]) - logits[-2]
            bias[-1] = bias[-2]
        self.heads[task] = weights, bias
        self.logits[task] = [
            [y + b for y, b in zip(head.sums(weights, x), bias)] for x in inputs]
