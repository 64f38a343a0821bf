"""Which decoder of each compressed syntax is fastest: imagecodecs' own against the others.

Run: python benchmarks/decoders.py
One noisy CT slice of 512 x 512 a syntax, packed by imagecodecs, unpacked many times. A decoder
that is not installed (pylibjpeg, python-gdcm) is left out; one that refuses or changes a pixel is
named. Figures and what was chosen: docs/adr/0010-decoders.md.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "imaging")]

SIDE, SECONDS = 512, 0.5
Decode = Callable[[bytes], Any]
_JPEG_2000: dict[str, Decode] = {
    "jpeg2k_decode": imagecodecs.jpeg2k_decode,
    "jpeg2k_decode, 2 threads": partial(imagecodecs.jpeg2k_decode, numthreads=2),
    "htj2k_decode": imagecodecs.htj2k_decode,
}
_JPEG: dict[str, Decode] = {
    "ljpeg_decode": imagecodecs.ljpeg_decode,
    "jpeg8_decode": imagecodecs.jpeg8_decode,
    "jpegsof3_decode": imagecodecs.jpegsof3_decode,
}
OURS: dict[str, tuple[str, dict[str, Decode]]] = {
    "1.2.840.10008.1.2.4.80": ("JPEG-LS", {"jpegls_decode": imagecodecs.jpegls_decode}),
    "1.2.840.10008.1.2.4.57": ("JPEG lossless", _JPEG),
    "1.2.840.10008.1.2.4.70": ("JPEG lossless, predictor 1", _JPEG),
    "1.2.840.10008.1.2.4.201": ("HTJ2K", _JPEG_2000),
    "1.2.840.10008.1.2.4.90": ("JPEG 2000", _JPEG_2000),
    "1.2.840.10008.1.2.5": (
        "RLE",
        {"dicomrle_decode": lambda f: np.frombuffer(imagecodecs.dicomrle_decode(f, "<u2"), "<u2")},
    ),
}


def picture() -> NDArray[np.uint16]:
    """A body in air, with the noise of a soft kernel."""
    y, x = np.ogrid[:SIDE, :SIDE]
    inside = ((x - 256) / 230) ** 2 + ((y - 256) / 160) ** 2 < 1
    noise = np.random.default_rng(1).normal(0, 12, (SIDE, SIDE))
    return np.where(inside, 1064 + noise, 24 + noise / 4).astype(np.uint16)


def others(syntax: str, frame: bytes, folder: Path) -> dict[str, Decode]:
    """Decoders of whole files, written to *folder*: pydicom's plugins and SimpleITK, by name."""
    import pydicom
    import SimpleITK as sitk
    from ct_files import write_series
    from pydicom.encaps import encapsulate
    from pydicom.pixels import get_decoder

    def change(ds: Any, _: int) -> None:  # noqa: ANN401 - a pydicom data set
        ds.file_meta.TransferSyntaxUID, ds.PixelRepresentation = syntax, 0
        ds.PixelData = encapsulate([frame])
        ds["PixelData"].VR, ds["PixelData"].is_undefined_length = "OB", True

    def read(_: bytes) -> NDArray[Any]:
        return sitk.GetArrayFromImage(sitk.ReadImage(str(path)))[0]

    empty = np.zeros((1, SIDE, SIDE), np.int16)
    path = write_series(folder, empty, change=change)[0]
    ds = pydicom.dcmread(path)
    found: dict[str, Decode] = {"SimpleITK, file": read}
    decoder = get_decoder(syntax)
    for plugin in decoder.available_plugins:
        found[f"pydicom, {plugin}"] = lambda _, plugin=plugin: decoder.as_array(
            ds, decoding_plugin=plugin, raw=True
        )[0]
    return found


def timed(decode: Decode, frame: bytes, wanted: NDArray[np.uint16]) -> float | str:
    """Milliseconds of CPU a slice, or why it does not count."""
    try:
        found = np.frombuffer(np.asarray(decode(frame)).astype("<i4"), "<i4").reshape(SIDE, SIDE)
    except Exception as error:  # noqa: BLE001 - every codec raises its own
        return f"refuses ({type(error).__name__})"
    # SimpleITK hands out HU.
    if not any(np.array_equal(found + shift, wanted) for shift in (0, 1024)):
        return "changes pixels"
    start, runs = time.process_time(), 0
    while time.process_time() - start < SECONDS:
        decode(frame)
        runs += 1
    return (time.process_time() - start) / runs * 1000


def main() -> None:
    """Print a table a syntax, the fastest of ours first."""
    from components.imaging.phantom.packing import Packing

    wanted = picture()
    for syntax, (title, decoders) in OURS.items():
        frame = Packing(syntax).frame(wanted)
        print(f"\n{title}: {len(frame) / wanted.nbytes:.2f} of the pixels")
        with tempfile.TemporaryDirectory() as folder:
            every = {**decoders, **others(syntax, frame, Path(folder))}
            found = {name: timed(decode, frame, wanted) for name, decode in every.items()}
        base = min(ms for name, ms in found.items() if name in decoders and not isinstance(ms, str))
        for name, ms in found.items():
            said = ms if isinstance(ms, str) else f"{ms:7.2f} ms  {ms / base:5.2f}"
            print(f"  {name:<28} {said}")


if __name__ == "__main__":
    main()
