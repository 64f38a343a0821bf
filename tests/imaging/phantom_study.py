"""The one study that phantoms are written as."""

from datetime import date

from components.imaging.phantom import GE, Maker, Study, uid


def study(maker: Maker = GE, **changes: object) -> Study:
    """A study of one series, as *maker* writes it; *changes* are its other attributes."""
    filled: dict[str, object] = {
        "study_uid": uid("s"),
        "series_uid": uid("se"),
        "accession": "DX1",
        "scanned": date(2026, 3, 1),
        "exam": "CT abdomen",
        "site": "DEMO1",
        "maker": maker,
        "kernel": maker.kernels[1],
    }
    return Study(**{**filled, **changes})  # type: ignore[arg-type]
