"""Writing a phantom as one enhanced file of many frames."""

from pathlib import Path

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, EnhancedCTImageStorage, LegacyConvertedEnhancedCTImageStorage

from components.imaging.phantom.dicom import check_unsigned, put_pixels, stored
from components.imaging.phantom.headers import Identity, Study, decimal, shared, uid
from components.imaging.phantom.render import PhantomScan

_MOVED = {
    "PixelMeasuresSequence": ("PixelSpacing", "SliceThickness", "SpacingBetweenSlices"),
    "PlaneOrientationSequence": ("ImageOrientationPatient",),
    "PixelValueTransformationSequence": ("RescaleIntercept", "RescaleSlope", "RescaleType"),
    "FrameVOILUTSequence": ("WindowCenter", "WindowWidth"),
}
"""What the frames share stands in these macros. Source: DICOM PS3.3 C.7.6.16, A.38, A.70."""


def write_enhanced(
    scan: PhantomScan, path: Path, identity: Identity, study: Study, *, legacy: bool = False
) -> None:
    """The whole series as one file at *path*, of the *legacy*-converted or the true class.

    Slices in `study.missing` are left out, those in `study.repeated` come twice.

    Raises:
        ValueError: packing is asked of a maker that stores signed pixels.
    """
    check_unsigned(study)
    kind = LegacyConvertedEnhancedCTImageStorage if legacy else EnhancedCTImageStorage
    ds = shared(scan, identity, study)
    ds.SOPClassUID, ds.SOPInstanceUID = kind, uid(study.series_uid, "frames")
    ds.InstanceNumber = 1
    ds.ImageType = ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    ds.SharedFunctionalGroupsSequence = Sequence([_common(ds, study)])
    numbers = [*range(len(scan.voxels)), *sorted(study.repeated)]
    kept = [number for number in numbers if number not in study.missing]
    ds.PerFrameFunctionalGroupsSequence = Sequence(
        [_frame(scan, number, place) for place, number in enumerate(kept, start=1)]
    )
    ds.NumberOfFrames = len(kept)
    pixels = stored(scan.voxels, study.maker)
    put_pixels(ds, [pixels[len(pixels) - 1 - number] for number in kept], study.packing)
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = UID(study.packing.value)
    path.parent.mkdir(parents=True, exist_ok=True)
    ds.save_as(path, enforce_file_format=True)


def _common(ds: Dataset, study: Study) -> Dataset:
    """What all frames share, moved out of *ds*."""
    common = Dataset()
    for name, words in _MOVED.items():
        macro = Dataset()
        for word in words:
            setattr(macro, word, getattr(ds, word))
            delattr(ds, word)
        setattr(common, name, Sequence([macro]))
    frame_type, made = Dataset(), Dataset()
    frame_type.FrameType = ds.ImageType
    made.ConvolutionKernel = study.kernel
    common.CTImageFrameTypeSequence = Sequence([frame_type])
    common.CTReconstructionSequence = Sequence([made])
    return common


def _frame(scan: PhantomScan, number: int, place: int) -> Dataset:
    """What frame *place* says for itself; *number* counts slices from the last."""
    position, content, frame = Dataset(), Dataset(), Dataset()
    index = len(scan.voxels) - 1 - number
    where = scan.affine[:3, 3] + index * scan.affine[:3, 0]
    position.ImagePositionPatient = [decimal(v) for v in where]
    content.StackID, content.InStackPositionNumber = "1", place
    content.DimensionIndexValues = [1, place]
    frame.PlanePositionSequence = Sequence([position])
    frame.FrameContentSequence = Sequence([content])
    return frame
