"""The numbers of an integer machine, while a network is learned: the rules of docs/quantize.md in real numbers.

Weights that stay are rounded once, before a task learns its thresholds on them; activations and a head's
weights in every step. What is learned so is what a machine computes, but for the rounding of biases.
"""

import torch
from torch import Tensor


def rounded_weights(weight: Tensor, bits: int, per_channel: bool = True) -> Tensor:
    """`weight` [outputs, ...] as multiples of its largest magnitude over 2^(bits-1) - 1, ties to even.

    Each output channel has a step of its own unless `per_channel` is false. What is rounded stays as it is when it
    is rounded again.
    """
    largest = weight.detach().double().abs()
    largest = largest.flatten(1).amax(1).view(-1, *[1] * (weight.dim() - 1)) if per_channel else largest.amax()
    step = (largest / (2 ** (bits - 1) - 1)).clamp_min(torch.finfo(torch.float64).tiny)
    return ((weight.detach().double() / step).round_() * step).to(weight.dtype)


def straight_through(weight: Tensor, rounded: Tensor) -> Tensor:
    """The numbers of `rounded`, with the gradient of `weight`."""
    return weight + (rounded - weight).detach()


class RoundedActivation(torch.autograd.Function):
    """Activations of 0 or more as multiples of `step`, at most `levels` of them.

    The gradient goes through the rounding, and not through the clamp.
    """

    @staticmethod
    def forward(ctx, a: Tensor, step: Tensor, levels: int) -> Tensor:
        multiples = (a / step).round_()
        ctx.save_for_backward(multiples <= levels)
        return multiples.clamp_(max=levels).mul_(step)

    @staticmethod
    def backward(ctx, gradient: Tensor):
        (inside,) = ctx.saved_tensors
        return gradient * inside, None, None
