"""Whether slices lie evenly along their normal, and if not, in which way and by how much."""

import numpy as np
from numpy.typing import NDArray

from components.imaging.refused import FEWEST_SLICES, UnusableSeries

Floats = NDArray[np.float64]

STEP_MM = (0.05, 12.0)
ROUNDING_MM = 0.06
"""Scanners write positions to a tenth of a millimetre; half of that at either end."""
IRREGULAR = 0.1
"""Share of the spacing by which a slice may lie off the regular grid."""
SAME_MM = 0.01
"""Slices nearer to one another than this lie at one place."""
_ALIKE_MM = 0.1
_USUAL = 0.6
"""Share of the gaps that must be alike before the wider ones are called holes."""
_LISTED = 4


def check_distances(along: Floats) -> None:
    """Refuse repeated, missing and irregular slices.

    Args:
        along: Place of each slice along the normal, mm, rising.

    Raises:
        UnusableSeries: with the number of slices, and where in mm.
    """
    if len(along) < 2:
        msg = f"1 slice; a review needs at least {FEWEST_SLICES}."
        raise UnusableSeries(msg)
    gaps = np.diff(along)
    _check_repeats(gaps)
    step = float(np.median(gaps))
    grid = along[0] + np.arange(len(along)) * (along[-1] - along[0]) / (len(along) - 1)
    off = float(np.max(np.abs(along - grid)))
    uneven = float(np.max(np.abs(gaps - step)))
    if max(off, uneven / 2) > ROUNDING_MM + IRREGULAR * step:
        raise UnusableSeries(_holes(along, gaps, step) or _mixture(gaps))
    if not STEP_MM[0] <= step <= STEP_MM[1]:
        msg = f"Slices {step:.2f} mm apart cannot show the spine; at most {STEP_MM[1]:.0f} mm can."
        raise UnusableSeries(msg)


def _check_repeats(gaps: Floats) -> None:
    same = gaps < SAME_MM
    if not same.any():
        return
    starts = same & ~np.concatenate([[False], same[:-1]])
    places = int(starts.sum())
    shared = int(same.sum()) + places
    where = "one place" if places == 1 else f"{places} places"
    msg = f"{shared} of {len(gaps) + 1} slices lie where another lies, at {where}."
    msg_0 = f"{msg} Send one reconstruction of one scan."
    raise UnusableSeries(msg_0)


def _holes(along: Floats, gaps: Floats, step: float) -> str:
    """Where slices are missing from an even series; empty where it is uneven in another way."""
    counts = np.rint(gaps / step)
    fits = np.abs(gaps - counts * step) <= ROUNDING_MM + IRREGULAR * step
    if not fits.all() or np.mean(counts == 1) < _USUAL:
        return ""
    wide = np.flatnonzero(counts > 1)
    missing = int((counts[wide] - 1).sum())
    listed = ", ".join(
        f"{counts[n] - 1:.0f} between {along[n]:.1f} and {along[n + 1]:.1f} mm"
        for n in wide[:_LISTED]
    )
    more = f" and more at {len(wide) - _LISTED} other places" if len(wide) > _LISTED else ""
    verb = "slice is" if missing == 1 else "slices are"
    others = f"the others lie {step:.2f} mm apart. Send the whole series again."
    return f"{missing} {verb} missing ({listed}{more}); {others}"


def _mixture(gaps: Floats) -> str:
    """The different distances and how often each occurs, or their range where they are many."""
    kinds: list[list[float]] = []
    for gap in sorted(float(g) for g in gaps):
        if kinds and gap - kinds[-1][0] <= _ALIKE_MM:
            kinds[-1].append(gap)
        else:
            kinds.append([gap])
    ask = "Send one series of even spacing."
    if len(kinds) > _LISTED:
        low, high = gaps.min(), gaps.max()
        return f"Slices lie {low:.2f} to {high:.2f} mm apart, unevenly. {ask}"
    kinds.sort(key=len, reverse=True)
    first, *rest = (f"{np.median(kind):.2f} mm" for kind in kinds)
    counts = [len(kind) for kind in kinds]
    words = [f"{counts[0]} {'gap' if counts[0] == 1 else 'gaps'} of {first}"]
    words += [f"{count} of {mm}" for count, mm in zip(counts[1:], rest, strict=True)]
    return f"The slices are not evenly spaced: {', '.join(words)}. {ask}"
