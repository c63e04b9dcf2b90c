import pytest
import torch

from mime_training.datasets import fitted, load_dataset, share_of_classes
from mime_training.errors import UserError
from mime_training.tasks import augmented, load_task


def test_fitting():
    small = torch.full((2, 1, 8, 8), 200, dtype=torch.uint8)
    large = fitted(small, 1, 28)
    # Three times as large, two zeros on each side.
    assert large.shape == (2, 1, 28, 28) and large.sum() == 2 * 200 * 24 * 24 and large[0, 0, :2].sum() == 0
    assert fitted(torch.zeros(1, 1, 28, 28, dtype=torch.uint8), 1, 32).shape[-1] == 32
    assert fitted(torch.zeros(1, 3, 40, 30, dtype=torch.uint8), 3, 16).shape == (1, 3, 16, 16)
    colour = torch.tensor([255, 0, 0], dtype=torch.uint8).view(1, 3, 1, 1)
    assert fitted(colour, 1, 1).item() == 76
    assert fitted(large, 3, 28).shape == (2, 3, 28, 28)
    assert torch.equal(fitted(large, 1, 28), large)


def test_augmentation_moves_by_every_offset_and_mirrors():
    image = torch.zeros(1, 1, 5, 5, dtype=torch.uint8)
    image[0, 0, 2, 1] = 9
    generator = torch.Generator().manual_seed(1)
    seen = {tuple(a[0].nonzero()[0].tolist()) for a in augmented(image.expand(900, 1, 5, 5), 1, True, generator)}
    assert seen == {(y, x) for y in (1, 2, 3) for x in (0, 1, 2, 3, 4)}
    assert torch.equal(augmented(image, 0, False, generator), image)


def test_shares_are_of_every_class_and_always_the_same():
    labels = torch.arange(100) % 4
    chosen = share_of_classes(labels, 0.2)
    assert [int(chosen[labels == number].sum()) for number in range(4)] == [5] * 4
    assert torch.equal(chosen, share_of_classes(labels, 0.2))
    assert share_of_classes(labels, 0).sum() == 0


def test_parts_do_not_overlap():
    task = load_task("digits", None, 1, 28, 0.1)
    assert (len(task.train_images), len(task.validation_images), len(task.test_images)) == (1211, 136, 450)
    parts = [part.flatten(1) for part in (task.train_images, task.validation_images, task.test_images)]
    joined = torch.cat(parts)
    # The 1,797 images are all there; a few digits of the set are equal to each other.
    everything = load_dataset("digits", None, 1, 28)
    whole = fitted(torch.cat([everything.train_images, everything.test_images]), 1, 28).flatten(1)
    assert torch.equal(joined.unique(dim=0), whole.unique(dim=0)) and len(joined) == len(whole) == 1797
    assert len(load_task("digits", None, 1, 28, 0.1, 50).train_images) == 50


def test_rotated_and_inverted():
    base, made = (load_dataset("fmnist", None, 1, 28), load_task("fmnist_rotinv", None, 1, 28, 0))
    assert made.test_images[3, 0, 27 - 4, 9] == 255 - base.test_images[3, 0, 9, 4]
    assert torch.equal(made.test_labels, base.test_labels)


ERRORS = [
    (("imagenet", None), "there is no data set 'imagenet'; the sets are fmnist, mnist, mnist5k, digits, cifar10, "
                         "cifar100 and folder:PATH"),
    (("cifar10", None), "the files of cifar10 are not installed; --data names the folder that holds them"),
]  # fmt: skip


@pytest.mark.parametrize("arguments, message", ERRORS)
def test_errors(arguments, message):
    with pytest.raises(UserError) as caught:
        load_dataset(*arguments, 1, 28)
    assert str(caught.value) == message
