"""A hostile file costs at most 2 seconds and 300 MB, and says what is wrong with it."""

import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from ct_files import write_series
from ct_packing import encapsulated, enhanced, saved
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import DeflatedExplicitVRLittleEndian

ROOT = Path(__file__).resolve().parents[2]
CHILD = Path(__file__).with_name("hostile_child.py")
PICTURE = np.zeros((1, 6, 10), np.int16)
RLE, JPEG = "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4."
NESTED = b"\x08\x00\x40\x11SQ\x00\x00\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
IDS = b"\x10\x00\x02\x10SQ\x00\x00"
ITEM = b"\xfe\xff\x00\xe0\x00\x00\x00\x00"
BEFORE_MODALITY = b"\x08\x00\x60\x00CS"
BEFORE_ROWS = b"\x28\x00\x02\x00US"


@lru_cache(maxsize=1)
def reader() -> "subprocess.Popen[str]":
    """The program that reads each file in a process that may take 2 s and 300 MB."""
    program = subprocess.Popen(
        [sys.executable, str(CHILD)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    return program


@pytest.fixture(scope="module", autouse=True)
def reader_ends() -> Iterator[None]:
    """The program ends with the last test."""
    yield
    with reader() as program:
        program.kill()
    reader.cache_clear()


def fate(path: Path) -> str:
    """What became of the file, read within the limits."""
    program = reader()
    assert program.stdin is not None
    assert program.stdout is not None
    program.stdin.write(f"{path}\n")
    program.stdin.flush()
    said = program.stdout.readline().strip()
    assert "MemoryError" not in said
    assert "signal" not in said
    assert said
    return said


def plain(folder: Path, change: Callable[[Dataset, int], None] = lambda _, __: None) -> Path:
    return write_series(folder, PICTURE, change=change)[0]


def with_bytes(path: Path, before: bytes, more: bytes) -> Path:
    """*path* with *more* put before the first element that begins with *before*."""
    content = path.read_bytes()
    at = content.index(before)
    path.write_bytes(content[:at] + more + content[at:])
    return path


def deflated(folder: Path, more: bytes = b"", tail: bytes = b"") -> Path:
    """A deflated slice, with *more* elements before its rows and *tail* behind its pixels."""

    def change(ds: Dataset, _: int) -> None:
        ds.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian

    path = plain(folder, change)
    content = path.read_bytes()
    start = content.index(b"\x02\x00\x00\x00UL\x04\x00") + 12
    start += struct.unpack_from("<I", content, start - 4)[0]
    body = zlib.decompress(content[start:], -15)
    at = body.index(BEFORE_ROWS)
    packer = zlib.compressobj(1, zlib.DEFLATED, -15)
    packed = packer.compress(body[:at] + more + body[at:] + tail)
    path.write_bytes(content[:start] + packed + packer.flush())
    return path


def packed(
    folder: Path, syntax: str, frame: bytes, rows: int, columns: int, bits: int = 16
) -> Path:
    def change(ds: Dataset, _: int) -> None:
        ds.Rows, ds.Columns = rows, columns
        ds.BitsAllocated, ds.BitsStored, ds.HighBit = bits, bits, bits - 1
        ds.file_meta.TransferSyntaxUID = syntax
        ds.PixelData = encapsulate([frame + b"\0" * (len(frame) % 2)])
        ds["PixelData"].VR, ds["PixelData"].is_undefined_length = "OB", True

    return plain(folder, change)


def siz(rows: int, columns: int, tile: int, channels: int) -> bytes:
    """A JPEG 2000 codestream whose header says this, with the body of a small one."""
    small = bytes(imagecodecs.jpeg2k_encode(np.zeros((64, 64), np.uint16), codecformat="j2k"))
    parts = struct.pack(">8IH", columns, rows, 0, 0, tile, tile, 0, 0, channels)
    field = struct.pack(">HH", 38 + 3 * channels, 0) + parts + b"\x0f\x01\x01" * channels
    return b"\xff\x4f\xff\x51" + field + small[4 + 41 :]


def test_the_limits_of_the_process_bite() -> None:
    for greed in ("bytes(301 << 20)", "[n for n in iter(int, 1)]"):
        code = f"import hostile_child; hostile_child.limit(); {greed}"
        found = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, check=False, cwd=CHILD.parent,
            env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=60,
        )  # fmt: skip
        assert found.returncode != 0


def test_a_header_with_millions_of_elements_is_given_up(tmp_path: Path) -> None:
    more = b"".join(struct.pack("<HH2sH", 0x0009, n & 0xFFFF, b"LO", 0) for n in range(1 << 20))
    path = with_bytes(plain(tmp_path), b"\x10\x00\x10\x00PN", more)
    assert "more than 400,000 elements" in fate(path)


def test_a_sequence_of_millions_of_items_is_passed_by(tmp_path: Path) -> None:
    items = ITEM * 3_000_000
    path = with_bytes(
        plain(tmp_path), b"\x20\x00\x0d\x00UI", IDS + struct.pack("<I", len(items)) + items
    )
    assert fate(path).startswith("read (6, 10)")


def test_a_sequence_of_millions_of_items_without_length_is_given_up(tmp_path: Path) -> None:
    items = ITEM * 3_000_000 + b"\xfe\xff\xdd\xe0\0\0\0\0"
    path = with_bytes(plain(tmp_path), b"\x20\x00\x0d\x00UI", IDS + b"\xff" * 4 + items)
    assert "more than 400,000 elements" in fate(path)


@pytest.mark.parametrize("depth", [500, 20_000, 1_000_000])
def test_nested_sequences_are_followed_without_recursion(tmp_path: Path, depth: int) -> None:
    path = with_bytes(plain(tmp_path), BEFORE_MODALITY, NESTED * depth)
    assert fate(path).endswith(".")


def test_a_name_of_sixty_megabytes_is_not_kept(tmp_path: Path) -> None:
    name = b"\x10\x00\x10\x00UT\0\0" + struct.pack("<I", 60 << 20) + b"A" * (60 << 20)
    path = with_bytes(plain(tmp_path), b"\x10\x00\x20\x00LO", name)
    assert fate(path).startswith("read (6, 10)")


def test_a_broken_header_of_many_items_is_not_read_to_its_end(tmp_path: Path) -> None:
    items = ITEM * 4_000_000
    bad = b"\x08\x00\x01\x00??\x04\x00abcd"
    path = plain(tmp_path)
    with_bytes(path, BEFORE_MODALITY, bad + IDS + struct.pack("<I", len(items)) + items)
    assert fate(path).endswith(".")


@pytest.mark.parametrize("megabytes", [63, 65, 600])
def test_a_deflate_bomb_is_inflated_no_further_than_its_limit(
    tmp_path: Path, megabytes: int
) -> None:
    path = deflated(tmp_path, tail=bytes(megabytes << 20))
    said = fate(path)
    assert ("larger than 64 MB" in said) == (megabytes > 64)


def test_many_elements_inside_a_deflated_file_are_given_up(tmp_path: Path) -> None:
    more = b"".join(struct.pack("<HH2sH", 0x0021, n & 0xFFFF, b"LO", 0) for n in range(1 << 20))
    assert "more than 400,000 elements" in fate(deflated(tmp_path, more))


@pytest.mark.parametrize(("rows", "columns"), [(65535, 65535), (2049, 8), (0, 8)])
def test_an_absurd_size_is_refused_with_its_figure(tmp_path: Path, rows: int, columns: int) -> None:
    frame = bytes([1, 0, 0, 0]) + bytes(60) + b"\x81\0" * 100
    assert f"{rows} x {columns} pixels" in fate(packed(tmp_path, RLE, frame, rows, columns))


def test_an_rle_bomb_gives_no_more_than_the_slice_promised(tmp_path: Path) -> None:
    frame = struct.pack("<16I", 2, 64, 64, *[0] * 13) + b"\x81\0" * 10_000_000
    assert fate(packed(tmp_path, RLE, frame, 2048, 2048)).endswith(".")


@pytest.mark.parametrize("frames", ["2147483647", "5001", "-1", "0", "many"])
def test_an_absurd_number_of_frames_is_refused(tmp_path: Path, frames: str) -> None:
    def change(ds: Dataset, _: int) -> None:
        ds.add_new("NumberOfFrames", "LO", frames)

    said = fate(plain(tmp_path, change))
    assert "frames" in said


def test_frames_that_are_only_claimed_are_refused_with_both_numbers(tmp_path: Path) -> None:
    ds = enhanced(np.zeros((9, 4, 4), np.int16))
    encapsulated(ds, RLE)
    ds.NumberOfFrames = 4999
    said = fate(saved(ds, tmp_path / "mf.dcm"))
    assert said == "It claims 4999 frames and describes 9."


def test_the_groups_of_thousands_of_frames_are_bounded(tmp_path: Path) -> None:
    ds = enhanced(np.zeros((9, 4, 4), np.int16))
    path = saved(ds, tmp_path / "mf.dcm")
    items = ITEM * 6_000_000
    content = path.read_bytes()
    at = content.index(b"\x00\x52\x30\x92SQ")
    end = content.index(b"\xe0\x7f\x10\x00OW")
    groups = content[at : at + 8] + struct.pack("<I", len(items)) + items
    path.write_bytes(content[:at] + groups + content[end:])
    assert "more than 400,000 elements" in fate(path)


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (siz(60000, 60000, 60000, 1), "60000 x 60000 pixels"),
        (siz(2048, 2048, 2048, 16000), "16000 channels"),
        (siz(2048, 2048, 1, 1), "4194304 tiles"),
        (siz(2048, 2048, 2048, 1), "."),
    ],
)
@pytest.mark.parametrize("syntax", [JPEG + "90", JPEG + "201"])
def test_a_jpeg_2000_bomb_is_refused_before_it_is_opened(
    tmp_path: Path, frame: bytes, words: str, syntax: str
) -> None:
    assert words in fate(packed(tmp_path, syntax, frame, 2048, 2048))


def test_a_jpeg_of_endless_scans_is_no_ct(tmp_path: Path) -> None:
    frame = b"\xff\xd8\xff\xc2\x00\x0b\x08\x08\x00\x08\x00\x01\x01\x11\x00" + (
        b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" * 100_000 + b"\xff\xd9"
    )
    said = fate(packed(tmp_path, JPEG + "50", frame, 2048, 2048, 8))
    assert "compressed in another way than its transfer syntax says" in said


def test_a_jpeg_that_names_two_sizes_is_refused(tmp_path: Path) -> None:
    frame = bytes(imagecodecs.jpegls_encode(np.zeros((6, 10), np.uint16)))
    at = frame.index(b"\xff\xf7")
    length = 2 + int.from_bytes(frame[at + 2 : at + 4], "big")
    big = frame[at : at + 5] + b"\xff\xff\xff\xff" + frame[at + 9 : at + length]
    both = frame[: at + length] + big + frame[at + length :]
    said = fate(packed(tmp_path, JPEG + "80", both, 6, 10))
    assert "does not say its size" in said


def test_millions_of_fragments_are_given_up(tmp_path: Path) -> None:
    path = packed(tmp_path, RLE, b"\1" * 70, 6, 10)
    content = path.read_bytes()
    at = content.index(b"\xe0\x7f\x10\x00OB") + 12
    path.write_bytes(content[:at] + ITEM * 3_000_000)
    assert "more than 100,000 fragments" in fate(path)


def test_a_compressed_slice_larger_than_its_pixels_is_refused(tmp_path: Path) -> None:
    said = fate(packed(tmp_path, JPEG + "80", b"\xff\xd8" + bytes(90 << 20), 6, 10))
    assert "takes 94,371,842 bytes for 120 of pixels" in said


def test_a_length_of_four_gigabytes_is_believed_only_as_far_as_the_file_goes(
    tmp_path: Path,
) -> None:
    def change(ds: Dataset, _: int) -> None:
        ds.Rows = 3

    path = plain(tmp_path, change)
    content = path.read_bytes()
    at = content.index(b"\xe0\x7f\x10\x00OW") + 8
    path.write_bytes(content[:at] + struct.pack("<I", 0xFFFFFFFE) + content[at + 4 :])
    assert fate(path) == "The pixels take 120 bytes, where 3 x 10 need 60."


STARTS = {
    "50": b"\xff\xd8\xff\xc0\x00\x0b\x08\x08\x00\x08\x00\x01\x01\x11\x00",
    "57": b"\xff\xd8\xff\xc3\x00\x0b\x10\x08\x00\x08\x00\x01\x01\x11\x00",
    "80": b"\xff\xd8\xff\xf7\x00\x0b\x10\x08\x00\x08\x00\x01\x01\x11\x00",
    "90": siz(2048, 2048, 2048, 1)[:120],
    "201": siz(2048, 2048, 2048, 1)[:120],
}


@pytest.mark.parametrize("syntax", STARTS)
def test_rubbish_behind_a_good_beginning_is_refused(tmp_path: Path, syntax: str) -> None:
    noise = np.random.default_rng(int(syntax)).bytes(5000) + b"\xff\xd9"
    path = packed(
        tmp_path, JPEG + syntax, STARTS[syntax] + noise, 2048, 2048, 8 if syntax == "50" else 16
    )
    assert "cannot be decompressed" in fate(path)
