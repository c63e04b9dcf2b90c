"""Batch norm whose figures are those of the whole batch, however many processes share it."""

import torch
from torch import Tensor, nn

from mime_training import distributed


class BatchNorm(nn.BatchNorm2d):
    """Batch norm over all but the channels, of maps or of vectors."""

    def _check_input_dim(self, x: Tensor) -> None:
        pass

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or distributed.processes() == 1:
            return super().forward(x)
        axes = [axis for axis in range(x.dim()) if axis != 1]
        shape = (1, -1, *[1] * (x.dim() - 2))
        # Every process has as many images as the others.
        count = x.numel() // x.shape[1] * distributed.processes()
        mean = distributed.joint_sum(x.sum(axes)) / count
        variance = distributed.joint_sum((x - mean.view(shape)).square().sum(axes)) / count
        with torch.no_grad():
            self.num_batches_tracked.add_(1)
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance * (count / max(count - 1, 1)), self.momentum)
        scaled = (x - mean.view(shape)) / torch.sqrt(variance + self.eps).view(shape)
        return scaled * self.weight.view(shape) + self.bias.view(shape)
