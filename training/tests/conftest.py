import pytest
import torch

from mime_training.settings import Settings
from mime_training.tasks import Task

torch.set_num_threads(1)


def small_task(name: str = "squares", images: int = 96, classes: int = 3) -> Task:
    """Images of 8x8 whose class is where a bright square stands."""
    generator = torch.Generator().manual_seed(5)

    def part(count: int):
        labels = torch.arange(count) % classes
        pixels = torch.randint(0, 60, (count, 1, 8, 8), generator=generator, dtype=torch.uint8)
        for image, label in zip(pixels, labels):
            image[0, 2 * label : 2 * label + 3, 1:5] = 230
        return pixels, labels

    return Task(name, classes, *part(images), *part(30), *part(60))


@pytest.fixture
def task() -> Task:
    return small_task()


@pytest.fixture
def settings():
    """Settings for a network and a task that learn in a moment."""

    def make(method: str = "parent", **more) -> Settings:
        values = {"task": "squares", "network": "vgg-tiny", "size": 8, "epochs": 3, "batch": 16, "shift": 1}
        return Settings(method=method, **{**values, **more})

    return make
