"""Tasks: a data set, or one made from it, as the images of a network."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from mime_training.datasets import Dataset, fitted, load_dataset, share_of_classes
from mime_training.errors import UserError

# Tops, trousers and dresses, shoes, bags: of the ten classes of Fashion-MNIST.
GROUPS = torch.tensor([0, 1, 0, 1, 0, 2, 0, 2, 3, 2])
# Of these a mirror image has the same class.
MIRRORED = ("fmnist", "fmnist_rotinv", "fmnist_group4", "cifar10", "cifar100")


@dataclass(frozen=True)
class Task:
    """Images [N, C, H, W] as bytes with labels: to learn from, to choose settings by, and to test on."""

    name: str
    classes: int
    train_images: Tensor
    train_labels: Tensor
    validation_images: Tensor
    validation_labels: Tensor
    test_images: Tensor
    test_labels: Tensor

    @property
    def is_mirrored(self) -> bool:
        return self.name in MIRRORED or self.name.startswith("folder:")


def load_task(
    name: str, data: Path | None, channels: int, size: int, validation: float, limit: int | None = None
) -> Task:
    """The task `name`.

    - validation: the share of the training images of each class that is set aside.
    - limit: at most so many training images, the same ones for every seed.
    """
    dataset = derived(name, data, channels, size)
    classes = int(torch.cat([dataset.train_labels, dataset.test_labels]).max()) + 1
    if classes < 2:
        raise UserError(f"the task {name} has one class only")
    aside = share_of_classes(dataset.train_labels, validation)
    train = (~aside).nonzero()[:, 0]
    if limit is not None and limit < len(train):
        train = train[torch.randperm(len(train), generator=torch.Generator().manual_seed(0))[:limit]]

    def images(of: Tensor) -> Tensor:
        return fitted(of, channels, size)

    return Task(
        name,
        classes,
        images(dataset.train_images[train]),
        dataset.train_labels[train],
        images(dataset.train_images[aside]),
        dataset.train_labels[aside],
        images(dataset.test_images),
        dataset.test_labels,
    )


def derived(name: str, data: Path | None, channels: int, size: int) -> Dataset:
    if name not in ("fmnist_rotinv", "fmnist_group4"):
        return load_dataset(name, data, channels, size)
    base = load_dataset("fmnist", data, channels, size)
    if name == "fmnist_group4":
        labels = GROUPS[base.train_labels], GROUPS[base.test_labels]
        return Dataset(base.train_images, labels[0], base.test_images, labels[1])
    train, test = (255 - images.rot90(1, (2, 3)) for images in (base.train_images, base.test_images))
    return Dataset(train.contiguous(), base.train_labels, test.contiguous(), base.test_labels)


def augmented(images: Tensor, shift: int, is_mirrored: bool, generator: torch.Generator) -> Tensor:
    """Each image moved by up to `shift` pixels either way, the edge filled with zeros, and maybe mirrored."""
    count, _, height, width = images.shape
    offsets = torch.randint(0, 2 * shift + 1, (2, count), generator=generator)
    mirrored = torch.rand(count, generator=generator) < (0.5 if is_mirrored else 0)
    rows = offsets[0, :, None] + torch.arange(height)
    columns = offsets[1, :, None] + torch.arange(width)
    columns = torch.where(mirrored[:, None], columns.flip(1), columns)
    padded = torch.nn.functional.pad(images, (shift,) * 4)
    place = torch.arange(count)[:, None, None]
    return padded.permute(0, 2, 3, 1)[place, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def file_name(task: str) -> str:
    """A task's name in files: of a folder of images its last part."""
    name = Path(task.removeprefix("folder:")).name if task.startswith("folder:") else task
    return name.replace(".", "_").replace(",", "_")
