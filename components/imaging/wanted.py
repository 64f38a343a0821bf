"""The header elements that a CT needs, and the encodings they come in."""

from pydicom.datadict import dictionary_VR
from pydicom.tag import Tag

DEFLATED = "1.2.840.10008.1.2.1.99"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
EXPLICIT = "1.2.840.10008.1.2.1"
IMPLICIT = "1.2.840.10008.1.2"

PIXELS = 0x7FE00010
FIRST_PIXELS = 0x7FE00008
_KEYWORDS = (
    "SpecificCharacterSet ImageType SOPClassUID SOPInstanceUID StudyDate SeriesDate "
    "AcquisitionDate AccessionNumber Modality Manufacturer InstitutionName "
    "InstitutionCodeSequence ReferringPhysicianName StudyDescription SeriesDescription "
    "ManufacturerModelName PatientName PatientID PatientBirthDate "
    "PatientSex OtherPatientIDs OtherPatientIDsSequence ReasonForTheRequestedProcedure "
    "AdmittingDiagnosesDescription SliceThickness ConvolutionKernel StudyInstanceUID "
    "SeriesInstanceUID AcquisitionNumber ImagePositionPatient ImageOrientationPatient "
    "FrameOfReferenceUID TemporalPositionIdentifier SamplesPerPixel "
    "PhotometricInterpretation NumberOfFrames Rows Columns PixelSpacing BitsAllocated BitsStored "
    "HighBit PixelRepresentation PixelPaddingValue PixelPaddingRangeLimit RescaleIntercept "
    "RescaleSlope RescaleType LossyImageCompression LossyImageCompressionMethod RequestingService "
    "RequestingPhysician BurnedInAnnotation SharedFunctionalGroupsSequence "
    "PerFrameFunctionalGroupsSequence"
)
WANTED = {keyword: int(Tag(keyword)) for keyword in _KEYWORDS.split()}
TAGS = frozenset(WANTED.values())
SEQUENCES = frozenset(tag for tag in TAGS if dictionary_VR(tag) == "SQ")
FRAMES = frozenset(tag for word, tag in WANTED.items() if "FunctionalGroups" in word)
