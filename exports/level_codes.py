"""SNOMED CT codes of the vertebrae; T13 and L6 have none and go as text.

Source: DICOM PS3.16 CID 7603 Vertebra.
"""

from store.domain.spine import Level

_TABLE = """
T1 64864005 T2 53733008 T3 1626008 T4 73071006 T5 56401006 T6 45296009 T7 62487009 T8 11068009
T9 82687006 T10 7610001 T11 12989004 T12 23215003 L1 66794005 L2 14293000 L3 36470004
L4 11994002 L5 49668003
"""
_WORDS = _TABLE.split()
SNOMED: dict[Level, str] = {
    Level(name): code for name, code in zip(_WORDS[::2], _WORDS[1::2], strict=True)
}
