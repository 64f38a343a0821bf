"""Blur and noise as a reconstruction kernel leaves them."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_POOL = 6


@dataclass(frozen=True, slots=True)
class Kernel:
    """How a reconstruction blurs and how its noise looks.

    Attributes:
        blur_mm: Width (one standard deviation) of the point spread in the slice.
        grain_mm: Width of the noise grain; a sharp kernel has fine grain.
        sharp: Share of low frequencies taken out of the noise, 0 to 1.
    """

    blur_mm: float
    grain_mm: float
    sharp: float


SOFT = Kernel(0.75, 0.80, 0.0)
STANDARD = Kernel(0.60, 0.60, 0.3)
BONE = Kernel(0.35, 0.40, 0.7)


def finish(
    voxels: NDArray[np.int16],
    spacing_mm: tuple[float, float, float],
    kernel: Kernel,
    noise_hu: float,
    rng: np.random.Generator,
) -> None:
    """Blur each slice of *voxels* in place, add noise of *noise_hu*, and keep to -1024 to 3071."""
    sigma = kernel.blur_mm / spacing_mm[1]
    pool = _grain(voxels.shape[1:], spacing_mm[1], kernel, noise_hu, rng) if noise_hu else None
    for picture in voxels:
        if sigma > 0.2:
            cv2.GaussianBlur(picture, (0, 0), sigma, dst=picture)
        if pool is not None:
            # The sum of two planes of the pool, shifted at random: no pair is seen twice.
            for number in rng.integers(_POOL, size=2):
                shift = (int(rng.integers(picture.shape[0])), int(rng.integers(picture.shape[1])))
                picture += np.roll(pool[number], shift, axis=(0, 1))
        np.clip(picture, -1024, 3071, out=picture)


def _grain(
    shape: tuple[int, ...],
    pixel_mm: float,
    kernel: Kernel,
    noise_hu: float,
    rng: np.random.Generator,
) -> list[NDArray[np.int16]]:
    planes = []
    for _ in range(_POOL):
        white = rng.standard_normal(shape, np.float32)
        plane = cv2.GaussianBlur(white, (0, 0), max(0.3, kernel.grain_mm / pixel_mm))
        if kernel.sharp:
            plane = plane - kernel.sharp * cv2.GaussianBlur(plane, (0, 0), 1.6 / pixel_mm)
        scale = noise_hu / (np.sqrt(2) * float(plane.std()))
        planes.append(np.rint(plane * scale).astype(np.int16))
    return planes


def texture(rng: np.random.Generator, size: int = 64) -> NDArray[np.float32]:
    """A cube of smooth random values of unit deviation that repeats at its faces."""
    cube = rng.standard_normal((size, size, size), np.float32)
    for axis in range(3):
        cube += np.roll(cube, 1, axis) + np.roll(cube, -1, axis)
    return np.asarray(cube / cube.std(), np.float32)
