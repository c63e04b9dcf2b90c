import io
import os
import pickle
import tarfile

import numpy as np
import pytest

from mime_training.cifar import CIFAR10, CIFAR100, read_cifar
from mime_training.cifar_pickle import read_batch
from mime_training.errors import UserError

KINDS = {"cifar10": CIFAR10, "cifar100": CIFAR100}


def pixels(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, 3072), dtype=np.uint8)


def old_pickle(batch: dict) -> bytes:
    """As Python 2 wrote the published files: strings as bytes, numpy's old module names."""
    data = pickle.dumps(batch, protocol=2)
    return data.replace(b"cnumpy._core.multiarray\n", b"cnumpy.core.multiarray\n")


def contents(kind, is_binary: bool) -> tuple[dict[str, bytes], dict[str, tuple]]:
    """The files of an archive with two images each, and what is in them."""
    files, truth = {}, {}
    for seed, name in enumerate([*kind.train, kind.test]):
        images, labels = pixels(2, seed), [seed % 10, kind.classes - 1]
        truth[name] = (images, labels)
        if is_binary:
            coarse = [b"\x63"] * 2 if kind.label_bytes == 2 else [b""] * 2
            files[f"{name}.bin"] = b"".join(
                c + bytes([label]) + image.tobytes() for c, label, image in zip(coarse, labels, images)
            )
        else:
            batch = {b"data": images, kind.label_key.encode(): labels, b"filenames": [b"a.png", b"b.png"]}
            files[name] = old_pickle(batch)
    return files, truth


def write(kind, is_binary: bool, is_packed: bool, folder, files: dict[str, bytes]) -> None:
    directory = kind.folders[0 if is_binary else 1]
    if not is_packed:
        (folder / directory).mkdir()
        for name, data in files.items():
            (folder / directory / name).write_bytes(data)
        return
    form = "binary" if is_binary else "python"
    with tarfile.open(folder / f"{kind.name.replace('cifar', 'cifar-')}-{form}.tar.gz", "w:gz") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(f"{directory}/{name}")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("is_binary", [True, False])
@pytest.mark.parametrize("is_packed", [True, False])
def test_reads(tmp_path, name, is_binary, is_packed):
    kind = KINDS[name]
    files, truth = contents(kind, is_binary)
    write(kind, is_binary, is_packed, tmp_path, files)
    train_images, train_labels, test_images, test_labels = read_cifar(kind, tmp_path)
    images = np.concatenate([truth[part][0] for part in kind.train]).reshape(-1, 3, 32, 32)
    assert (train_images.numpy() == images).all()
    assert train_labels.tolist() == [label for part in kind.train for label in truth[part][1]]
    assert (test_images.numpy().reshape(2, -1) == truth[kind.test][0]).all()
    assert test_labels.tolist() == truth[kind.test][1]


def test_instructions_of_python_2():
    """The published files' own instructions, written out: strings are bytes, also those with pixels."""
    images = pixels(2, 3)
    data = (
        b"\x80\x02}q\x01(U\x0bbatch_labelq\x02U\x15testing batch 1 of 1\x0aq\x03U\x04dataq\x04"
        b"cnumpy.core.multiarray\n_reconstruct\nq\x05cnumpy\nndarray\nq\x06K\x00\x85q\x07U\x01bq\x08\x87q\x09Rq\x0a"
        b"(K\x01K\x02M\x00\x0c\x86q\x0bcnumpy\ndtype\nq\x0cU\x02u1q\x0dK\x00K\x01\x87q\x0eRq\x0f"
        b"(K\x03U\x01|q\x10NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tq\x11b\x89"
        b"T\x00\x18\x00\x00" + images.tobytes() + b"q\x12tq\x13bU\x06labelsq\x14]q\x15(K\x03K\x08eu."
    )
    found, labels = read_batch(data, "labels", "FILE")
    assert (found.numpy().reshape(2, -1) == images).all() and labels.tolist() == [3, 8]


class Harmful:
    def __reduce__(self):
        return os.mkdir, ("harm",)


good = {b"data": pixels(2, 0), b"labels": [1, 2]}
PICKLES = {
    "code": (pickle.dumps(Harmful(), protocol=2), "is no pickle of CIFAR: it names posix.mkdir"),
    "memory": (b"\x80\x02}r\xff\xff\xff\x7f.", "is no pickle of CIFAR: it numbers more objects than it can hold"),
    "instruction": (pickle.dumps(bytearray(9), protocol=5), "is no pickle of CIFAR: it has the instruction BYTEARRAY8"),
    "empty": (b"", "is no pickle, or a damaged one"),
    "cut": (old_pickle(good)[:-1000], "is no pickle, or a damaged one"),
    "text": (b"Hello", "is no pickle, or a damaged one"),
    "list": (pickle.dumps([1], protocol=2), "must hold a dictionary"),
    "keys": (old_pickle({b"data": pixels(2, 0)}), "must have an array 'data' and a list 'labels'"),
    "labels": (old_pickle({**good, b"labels": [1, -1]}), "has labels that are no class numbers"),
    "count": (old_pickle({**good, b"labels": [1]}), "must have 3072 unsigned bytes in 'data' for each of its 1 labels"),
    "none": (old_pickle({**good, b"labels": []}), "must have 3072 unsigned bytes in 'data' for each of its 0 labels"),
    "floats": (
        old_pickle({**good, b"data": np.zeros((2, 384))}),
        "must have 3072 unsigned bytes in 'data' for each of its 2 labels",
    ),
    "order": (
        old_pickle({**good, b"data": np.asfortranarray(pixels(2, 0))}),
        "must have 3072 unsigned bytes in 'data' for each of its 2 labels",
    ),
}


@pytest.mark.parametrize("name", PICKLES)
def test_pickle_errors(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    data, message = PICKLES[name]
    with pytest.raises(UserError) as caught:
        read_batch(data, "labels", "FILE")
    assert str(caught.value) == f"FILE {message}"
    assert list(tmp_path.iterdir()) == []


# Python's own pickletools says so of damaged strings.
@pytest.mark.filterwarnings("ignore:invalid escape sequence:DeprecationWarning")
def test_damaged_pickles_never_fail_otherwise():
    data = old_pickle({b"data": pixels(1, 0)[:, :], b"labels": [1]})
    generator = np.random.default_rng(7)
    head = [*range(120), *range(len(data) - 60, len(data))]
    errors = 0
    for _ in range(1500):
        damaged = bytearray(data)
        for place in generator.choice(head, generator.integers(1, 4)):
            damaged[place] = generator.integers(0, 256)
        try:
            read_batch(bytes(damaged), "labels", "FILE")
        except UserError:
            errors += 1
    assert errors > 1000


def test_archive_errors(tmp_path):
    files, _ = contents(CIFAR10, True)
    cases = {
        "nothing": ({}, f"{tmp_path / 'nothing'} has no cifar10; it must hold one of cifar-10-binary.tar.gz, "
                    "cifar-10-python.tar.gz, cifar-10-batches-bin, cifar-10-batches-py"),
        "file": ({k: v for k, v in files.items() if k != "data_batch_3.bin"},
                 f"{tmp_path / 'file' / 'cifar-10-batches-bin'} has no file data_batch_3.bin"),
        "record": ({**files, "test_batch.bin": b"x" * 5000},
                   f"{tmp_path / 'record' / 'cifar-10-batches-bin'}: test_batch.bin has 5000 bytes, "
                   "which is no whole number of records of 3073"),
        "label": ({**files, "test_batch.bin": b"\x0a" * 3073},
                  f"{tmp_path / 'label' / 'cifar-10-batches-bin'}: test_batch.bin has the label 10; "
                  "cifar10 has 10 classes"),
    }  # fmt: skip
    for name, (content, message) in cases.items():
        (tmp_path / name).mkdir()
        if content:
            write(CIFAR10, True, False, tmp_path / name, content)
        with pytest.raises(UserError) as caught:
            read_cifar(CIFAR10, tmp_path / name)
        assert str(caught.value) == message


@pytest.mark.parametrize("keep", [0, 10, 2000, 20000])
def test_cut_archive(tmp_path, keep):
    files, _ = contents(CIFAR10, False)
    write(CIFAR10, False, True, tmp_path, files)
    archive = tmp_path / "cifar-10-python.tar.gz"
    archive.write_bytes(archive.read_bytes()[:keep])
    with pytest.raises(UserError) as caught:
        read_cifar(CIFAR10, tmp_path)
    assert str(caught.value) == f"{archive}: the archive is damaged or ends early"
