"""The step of a neuron: y where y >= t, else 0, and the gradient that thresholds are learned by."""

import torch
from torch import Tensor


def step_gradient(x: Tensor) -> Tensor:
    """The piecewise linear stand-in for the derivative of the step at x = y - t.

    2 - 4|x| up to 0.4, 0.4 up to 1, 0 beyond: Liu et al., Dynamic Sparse Training, ICLR 2020.
    """
    distance = x.abs()
    # 2 - 4|x| is 0.4 at 0.4; a maximum is far faster than a choice.
    return (2 - 4 * distance).clamp_(min=0.4).mul_(distance <= 1)


class Threshold(torch.autograd.Function):
    """y [N, ...] and thresholds t [...] to activations; ties pass."""

    @staticmethod
    def forward(ctx, y: Tensor, t: Tensor) -> Tensor:
        mask = (y >= t).to(y.dtype)
        ctx.save_for_backward(y, t, mask)
        return y * mask

    @staticmethod
    def backward(ctx, gradient: Tensor):
        y, t, mask = ctx.saved_tensors
        through_step = step_gradient(y - t).mul_(y).mul_(gradient)
        for_t = -through_step.sum(0) if ctx.needs_input_grad[1] else None
        for_y = torch.addcmul(through_step, gradient, mask) if ctx.needs_input_grad[0] else None
        return for_y, for_t


def threshold_loss(thresholds: list[Tensor]) -> Tensor:
    """The sum of exp(t), which keeps thresholds from growing without bound."""
    return sum(t.exp().sum() for t in thresholds)
