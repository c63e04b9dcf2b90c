"""One process, or the many that torchrun started: each takes its part of every batch."""

import os

import torch
import torch.distributed as dist
from torch import Tensor, nn


def start() -> torch.device:
    """Joins the processes of torchrun, where there are any; the device of this one."""
    local = int(os.environ.get("LOCAL_RANK", 0))
    has_gpu = torch.cuda.is_available()
    if "WORLD_SIZE" in os.environ and not dist.is_initialized():
        dist.init_process_group("nccl" if has_gpu else "gloo")
    if not has_gpu:
        return torch.device("cpu")
    torch.cuda.set_device(local)
    return torch.device("cuda", local)


def stop() -> None:
    if dist.is_initialized():
        dist.destroy_process_group()


def processes() -> int:
    return dist.get_world_size() if dist.is_initialized() else 1


def rank() -> int:
    return dist.get_rank() if dist.is_initialized() else 0


def part(batch: Tensor) -> Tensor:
    """This process's images of a batch."""
    return batch[rank() :: processes()]


def total(value: Tensor) -> Tensor:
    """The sum of a value over all processes; no gradient goes through it."""
    value = value.detach().clone()
    if processes() > 1:
        dist.all_reduce(value)
    return value


class JointSum(torch.autograd.Function):
    """The sum of a value over all processes, each of which has its part in the gradient."""

    @staticmethod
    def forward(ctx, value: Tensor) -> Tensor:
        return total(value)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> Tensor:
        return total(gradient)


def joint_sum(value: Tensor) -> Tensor:
    return JointSum.apply(value)


def average_gradients(module: nn.Module) -> None:
    """Makes gradients of means over a part those of the mean over the batch."""
    if processes() == 1:
        return
    gradients = [p.grad for p in module.parameters() if p.grad is not None]
    flat = torch.cat([g.flatten() for g in gradients])
    dist.all_reduce(flat)
    flat /= processes()
    for gradient, value in zip(gradients, flat.split([g.numel() for g in gradients])):
        gradient.copy_(value.view_as(gradient))


def barrier() -> None:
    if processes() > 1:
        dist.barrier()
