import gzip
import struct

import pytest
import torch

from mime_training.datasets import read_mnist
from mime_training.errors import UserError
from mime_training.idx import read_idx


def idx(*shape: int, data: bytes | None = None, kind: int = 8) -> bytes:
    size = 1
    for length in shape:
        size *= length
    return struct.pack(f">HBB{len(shape)}I", 0, kind, len(shape), *shape) + (
        bytes(range(size)) if data is None else data
    )


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_images_and_labels(tmp_path, pack):
    for part, count in (("train", 3), ("t10k", 2)):
        (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(pack(idx(count, 4, 5)))
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(pack(idx(count, data=bytes([7, 0, 9][:count]))))
    dataset = read_mnist(tmp_path)
    assert dataset.train_images.shape == (3, 1, 4, 5) and dataset.test_images.shape == (2, 1, 4, 5)
    assert dataset.train_images.flatten().tolist() == list(range(60))
    assert dataset.train_labels.tolist() == [7, 0, 9] and dataset.test_labels.dtype == torch.int64


CASES = {
    "other": (b"PK\3\4....", "this is no IDX file; it must begin with two zero bytes, a type and a rank"),
    "empty": (b"", "this is no IDX file; it must begin with two zero bytes, a type and a rank"),
    "floats": (idx(1, 2, 2, kind=0x0D), "the IDX type is 0x0d and must be 0x08, unsigned bytes"),
    "labels": (idx(4), "the data has 1 axes and must have 3"),
    "header": (idx(1, 2, 2)[:11], "the file ends in its header"),
    "none": (idx(0, 2, 2), "the header says 0x2x2, which is empty"),
    "short": (idx(2, 2, 2)[:-1], "the header says 8 bytes of data and there are 7"),
    "long": (idx(2, 2, 2) + b"x", "the header says 8 bytes of data and there are more"),
    "huge": (
        idx(2**32 - 1, 2**32 - 1, 2**32 - 1, data=b"x"),
        f"the header says {(2**32 - 1) ** 3} bytes of data and there are 1",
    ),
    "gzip": (gzip.compress(idx(9, 9, 9, data=bytes(729)))[:-9], "the gzip data is damaged or ends early"),
    "damaged": (gzip.compress(idx(2, 2, 2))[:14] + b"\xff\xff\xff", "the gzip data is damaged or ends early"),
    "bomb": (gzip.compress(idx(2, 2, 2) + bytes(1 << 24)), "the header says 8 bytes of data and there are more"),
}


@pytest.mark.parametrize("name", CASES)
def test_errors(tmp_path, name):
    path = tmp_path / "file"
    path.write_bytes(CASES[name][0])
    with pytest.raises(UserError) as caught:
        read_idx(path, 3)
    assert str(caught.value) == f"{path}: {CASES[name][1]}"


def test_counts_must_agree(tmp_path):
    for part in ("train", "t10k"):
        (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(idx(2, 2, 2))
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(idx(3))
    with pytest.raises(UserError) as caught:
        read_mnist(tmp_path)
    assert str(caught.value) == f"{tmp_path}: train has 2 images and 3 labels"


def test_missing_file(tmp_path):
    with pytest.raises(UserError) as caught:
        read_mnist(tmp_path)
    assert str(caught.value) == f"{tmp_path} has no file train-images-idx3-ubyte or train-images-idx3-ubyte.gz"
