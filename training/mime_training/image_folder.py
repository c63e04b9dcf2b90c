"""A folder of images: train/CLASS/FILE and test/CLASS/FILE, in any form that Pillow reads."""

import warnings
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from mime_training.errors import UserError


def read_image_folder(folder: Path, channels: int, size: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Training images [N, C, size, size] and labels, test images and labels.

    Classes are the folders in the order of their names. An image is scaled to fill the square and cut
    to it about its middle.
    """
    classes = sorted(path.name for path in (folder / "train").glob("*") if path.is_dir())
    if len(classes) < 2:
        raise UserError(f"{folder}: there must be a folder train with a folder for each of two or more classes")
    strays = {path.name for path in (folder / "test").glob("*") if path.is_dir()} - set(classes)
    if strays:
        raise UserError(f"{folder / 'test'} has the class {sorted(strays)[0]!r}, which train has not")
    result: list[Tensor] = []
    for part in ("train", "test"):
        images, labels = [], []
        for number, name in enumerate(classes):
            for path in sorted((folder / part / name).glob("*")):
                if path.is_file() and not path.name.startswith("."):
                    images.append(read_image(path, channels, size))
                    labels.append(number)
        if not images:
            raise UserError(f"{folder / part} has no images")
        result += [torch.stack(images), torch.tensor(labels)]
    return tuple(result)


def read_image(path: Path, channels: int, size: int) -> Tensor:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as file:
                image = file.convert("L" if channels == 1 else "RGB")
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise UserError(f"{path} has more than {Image.MAX_IMAGE_PIXELS} pixels") from None
    except (OSError, ValueError, SyntaxError):
        raise UserError(f"{path} is no image that Pillow can read, or a damaged one") from None
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    image = image.crop((left, top, left + side, top + side)).resize((size, size), Image.Resampling.BILINEAR)
    pixels = torch.from_numpy(np.array(image, dtype=np.uint8))
    return pixels[None] if channels == 1 else pixels.permute(2, 0, 1).contiguous()
