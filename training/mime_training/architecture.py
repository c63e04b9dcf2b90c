"""The shapes of the networks: VGG-style stacks of 3x3 convolutions for any size of image."""

from dataclasses import dataclass

from mime_training.errors import UserError

POOL = "P"


@dataclass(frozen=True)
class Layer:
    """A hidden layer; `size` is its input's height and width, 1 where it is fully connected."""

    name: str
    kind: str  # conv or fc
    inputs: int
    outputs: int
    size: int
    pool: bool = False  # 2x2 max, stride 2, floor
    kernel: int = 1
    padding: int = 0

    @property
    def pooled_size(self) -> int:
        return self.size // 2 if self.pool else self.size

    @property
    def reduction(self) -> int:
        """Products of one output."""
        return self.inputs * self.kernel * self.kernel

    @property
    def multiplications(self) -> int:
        """Multiply-accumulates of one image."""
        return self.size * self.size * self.outputs * self.reduction

    @property
    def output_shape(self) -> tuple[int, ...]:
        """The shape of its outputs, and so of its thresholds, before pooling."""
        if self.kind == "fc":
            return (self.outputs,)
        return (self.outputs, self.size, self.size)


# Output channels of the convolutions with pooling between them, and those of the layers after them.
ARCHITECTURES: dict[str, tuple[tuple, tuple[int, ...]]] = {
    "vgg-small": ((16, 16, POOL, 32, 32, POOL, 64, 64, POOL), (128,)),
    "vgg16": (
        (64, 64, POOL, 128, 128, POOL, 256, 256, 256, POOL, 512, 512, 512, POOL, 512, 512, 512, POOL),
        (512, 512),
    ),
    "vgg-tiny": ((4, POOL, 8, POOL), (16,)),
}


def hidden_layers(network: str, channels: int, size: int, width: float = 1.0) -> list[Layer]:
    """The hidden layers of `network` for images of `channels` x `size` x `size`.

    Their outputs are `width` times as many as `network` has them, the width multiplier of MobileNet.
    """
    if network not in ARCHITECTURES:
        raise UserError(f"there is no network {network!r}; the networks are {', '.join(ARCHITECTURES)}")
    convolutions, connected = ARCHITECTURES[network]

    def widened(outputs: int) -> int:
        return max(1, round(width * outputs))

    smallest = 2 ** convolutions.count(POOL)
    if size < smallest:
        raise UserError(
            f"{network} pools {convolutions.count(POOL)} times and so takes images of {smallest}x{smallest}"
            f" or more, not {size}x{size}; --size enlarges them"
        )
    layers: list[Layer] = []
    inputs = channels
    for index, outputs in enumerate(convolutions):
        if outputs == POOL:
            continue
        pool = convolutions[index + 1 : index + 2] == (POOL,)
        layers.append(Layer(f"conv{len(layers) + 1}", "conv", inputs, widened(outputs), size, pool, 3, 1))
        inputs, size = layers[-1].outputs, layers[-1].pooled_size
    inputs *= size * size
    for number, outputs in enumerate(connected, 1):
        layers.append(Layer(f"fc{number}", "fc", inputs, widened(outputs), 1))
        inputs = layers[-1].outputs
    return layers
