"""Transfer syntaxes by name: which can be read, and which may have lost detail."""

from components.imaging.wanted import BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT

NATIVE = frozenset({IMPLICIT, EXPLICIT, BIG_ENDIAN, DEFLATED})
"""Pixels as plain numbers."""
_JPEG = "1.2.840.10008.1.2.4."
RLE = "1.2.840.10008.1.2.5"
LOSSY = {
    _JPEG + "50": "JPEG baseline",
    _JPEG + "51": "JPEG extended",
    _JPEG + "81": "JPEG-LS near-lossless",
    _JPEG + "91": "JPEG 2000",
    _JPEG + "203": "HTJ2K",
}
"""Syntaxes that may have lost detail; decoded, and said so."""
_METHODS = {
    "ISO_10918_1": "JPEG",
    "ISO_14495_1": "JPEG-LS near-lossless",
    "ISO_15444_1": "JPEG 2000",
    "ISO_15444_15": "HTJ2K",
}
"""Source: DICOM PS3.3 C.7.6.1.1.5.1 (Lossy Image Compression Method)."""


def lossy_name(syntax: str, flag: str, method: str) -> str:
    """Name of the compression that lost detail, or nothing.

    Args:
        syntax: Transfer Syntax UID of the pixels as they are now.
        flag: LossyImageCompression: "01" once detail was lost, even if it is stored plainly now.
        method: LossyImageCompressionMethod, several divided by backslashes.
    """
    if syntax in LOSSY:
        return LOSSY[syntax]
    if flag != "01":
        return ""
    return _METHODS.get(method.split("\\")[-1].strip(), "a method that is not named")
