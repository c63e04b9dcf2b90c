import pytest
from PIL import Image

from mime_training.errors import UserError
from mime_training.image_folder import read_image_folder


def make(folder):
    for part in ("train", "test"):
        for name, colour in (("cat", (255, 0, 0)), ("dog", (0, 0, 255))):
            place = folder / part / name
            place.mkdir(parents=True)
            # Wider than high: the middle square is of one colour, the rest black.
            image = Image.new("RGB", (40, 20))
            image.paste(colour, (10, 0, 30, 20))
            image.save(place / "a.png")
            image.convert("L").save(place / "b.bmp")
    return folder


def test_reads_the_middle(tmp_path):
    train, labels, test, _ = read_image_folder(make(tmp_path), 3, 10)
    assert train.shape == (4, 3, 10, 10) and labels.tolist() == [0, 0, 1, 1]
    assert (train[0] == train.new_tensor([255, 0, 0]).view(3, 1, 1)).all()
    grey, *_ = read_image_folder(tmp_path, 1, 20)
    assert grey.shape == (4, 1, 20, 20) and (grey[0] == 76).all() and (grey[2] == 29).all()


def broken(folder):
    (folder / "train" / "dog" / "a.png").write_bytes((folder / "train" / "dog" / "a.png").read_bytes()[:40])
    return f"{folder}/train/dog/a.png is no image that Pillow can read, or a damaged one"


def text(folder):
    (folder / "test" / "cat" / "a.txt").write_text("meow")
    return f"{folder}/test/cat/a.txt is no image that Pillow can read, or a damaged one"


def stray(folder):
    (folder / "test" / "bird").mkdir()
    return f"{folder}/test has the class 'bird', which train has not"


def no_test(folder):
    for path in (folder / "test").glob("*/*"):
        path.unlink()
    return f"{folder}/test has no images"


def one_class(folder):
    for path in (folder / "train" / "dog").glob("*"):
        path.unlink()
    (folder / "train" / "dog").rmdir()
    return f"{folder}: there must be a folder train with a folder for each of two or more classes"


def huge(folder):
    # A bitmap whose header alone says 60,000 x 60,000.
    image = folder / "train" / "cat" / "c.bmp"
    data = bytearray((folder / "train" / "cat" / "b.bmp").read_bytes())
    data[18:26] = (60000).to_bytes(4, "little") * 2
    image.write_bytes(data)
    return f"{image} has more than {Image.MAX_IMAGE_PIXELS} pixels"


@pytest.mark.parametrize("damage", [broken, text, stray, no_test, one_class, huge])
def test_errors(tmp_path, damage):
    message = damage(make(tmp_path))
    with pytest.raises(UserError) as caught:
        read_image_folder(tmp_path, 3, 8)
    assert str(caught.value) == message
