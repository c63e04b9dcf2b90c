"""CIFAR-10 and CIFAR-100: their binary and their Python archives, packed as .tar.gz or unpacked."""

import io
import tarfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from mime_training.cifar_pickle import read_batch
from mime_training.errors import UserError

PIXELS = 3 * 32 * 32
# No file of the archives comes near it.
LARGEST_FILE = 256 << 20


@dataclass(frozen=True)
class Kind:
    """One of the two data sets."""

    name: str
    classes: int
    folders: tuple[str, str]  # of the binary and of the Python archive
    train: tuple[str, ...]
    test: str
    label_bytes: int  # before each image of the binary form; the last one counts
    label_key: str

    def files(self, is_binary: bool) -> tuple[list[str], str]:
        suffix = ".bin" if is_binary else ""
        return [name + suffix for name in self.train], self.test + suffix


BATCHES = tuple(f"data_batch_{number}" for number in range(1, 6))
CIFAR10 = Kind("cifar10", 10, ("cifar-10-batches-bin", "cifar-10-batches-py"), BATCHES, "test_batch", 1, "labels")
CIFAR100 = Kind("cifar100", 100, ("cifar-100-binary", "cifar-100-python"), ("train",), "test", 2, "fine_labels")


def read_cifar(kind: Kind, folder: Path) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Training images [N, 3, 32, 32] and labels, test images and labels, of what `folder` holds.

    It holds an archive as it is published, or the folder that unpacking one gives.
    """
    archives = [f"{kind.name.replace('cifar', 'cifar-')}-{form}.tar.gz" for form in ("binary", "python")]
    for is_binary, directory, archive in zip((True, False), kind.folders, archives):
        if (folder / directory).is_dir():
            return read_parts(kind, is_binary, folder / directory, reader_of_folder(folder / directory))
        if (folder / archive).is_file():
            reader = reader_of_archive(folder / archive, directory)
            return read_parts(kind, is_binary, folder / archive, reader)
    wanted = ", ".join([*archives, *kind.folders])
    raise UserError(f"{folder} has no {kind.name}; it must hold one of {wanted}")


def read_parts(kind: Kind, is_binary: bool, source: Path, read: Callable[[str], bytes]):
    train, test = kind.files(is_binary)
    result: list[Tensor] = []
    for files in (train, [test]):
        parts = []
        for file in files:
            data, place = read(file), f"{source}: {file}"
            parts.append(binary_batch(kind, data, place) if is_binary else read_batch(data, kind.label_key, place))
            largest = int(parts[-1][1].max())
            if largest >= kind.classes:
                raise UserError(f"{place} has the label {largest}; {kind.name} has {kind.classes} classes")
        result += [torch.cat([images for images, _ in parts]), torch.cat([labels for _, labels in parts])]
    return tuple(result)


def binary_batch(kind: Kind, data: bytes, place: str) -> tuple[Tensor, Tensor]:
    record = kind.label_bytes + PIXELS
    if not data or len(data) % record:
        raise UserError(f"{place} has {len(data)} bytes, which is no whole number of records of {record}")
    records = torch.from_numpy(np.frombuffer(data, np.uint8).reshape(-1, record).copy())
    labels = records[:, kind.label_bytes - 1].long()
    return records[:, kind.label_bytes :].reshape(-1, 3, 32, 32).contiguous(), labels


def reader_of_folder(folder: Path) -> Callable[[str], bytes]:
    def read(name: str) -> bytes:
        path = folder / name
        if not path.is_file():
            raise UserError(f"{folder} has no file {name}")
        if path.stat().st_size > LARGEST_FILE:
            raise UserError(f"{path} has {path.stat().st_size} bytes, far more than a CIFAR file")
        return path.read_bytes()

    return read


def reader_of_archive(archive: Path, folder: str) -> Callable[[str], bytes]:
    files: dict[str, bytes] = {}
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                if member.isfile() and member.name.startswith(f"{folder}/"):
                    if member.size > LARGEST_FILE:
                        raise UserError(f"{archive}: {member.name} has {member.size} bytes, far more than a CIFAR file")
                    file = tar.extractfile(member) or io.BytesIO()
                    files[member.name[len(folder) + 1 :]] = file.read()
    except (tarfile.TarError, OSError, EOFError, zlib.error):
        raise UserError(f"{archive}: the archive is damaged or ends early") from None

    def read(name: str) -> bytes:
        if name not in files:
            raise UserError(f"{archive} has no file {folder}/{name}")
        return files[name]

    return read
