"""Who the patient is: NHS number, its status, sex, and how a name is written."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self

from store.domain.refusal import Unusable

LENGTH = 10
_ELSEWHERE = (
    (10_100_000, 311_299_999, "in the range of Scottish CHI numbers"),
    (320_000_001, 399_999_999, "in the range of Northern Ireland"),
    (999_000_000, 999_999_999, "in the range that is never issued"),
)
"""By the first nine digits. Source: the nhs-number package's ranges."""

_SPACING = str.maketrans("", "", " -\u00a0\t")


class UnusableNhsNumber(Unusable):
    """Not an NHS number. The text says why and does not repeat the digits."""


@dataclass(frozen=True, slots=True)
class NhsNumber:
    """Ten digits with a right check digit.

    Source: NHS Data Dictionary, NHS NUMBER (modulus 11, weights 10 to 2).
    """

    digits: str

    def __post_init__(self) -> None:
        if len(self.digits) != LENGTH or not (self.digits.isascii() and self.digits.isdigit()):
            msg = "An NHS number has ten digits; this has not. Check it against the request."
            raise UnusableNhsNumber(msg)
        if len(set(self.digits)) == 1:
            msg = "This NHS number is one digit repeated, which is never issued. Trace the patient."
            raise UnusableNhsNumber(msg)
        if not _check_digit_holds(self.digits):
            msg = "The check digit of this NHS number is wrong. Check it against the request."
            raise UnusableNhsNumber(msg)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The number in *text*, which may hold spaces and hyphens.

        Raises:
            UnusableNhsNumber: not ten digits, a wrong check digit, or one digit repeated.
        """
        return cls(text.translate(_SPACING))

    @property
    def spaced(self) -> str:
        """As people read it, 3-3-4."""
        return f"{self.digits[:3]} {self.digits[3:6]} {self.digits[6:]}"

    @property
    def caution(self) -> str:
        """Why a number that holds together may not be an NHS number of England or Wales, or empty.

        Scottish CHI numbers have the same ten digits and the same check. Source: DOMAIN 6.1.
        """
        first = int(self.digits[:9])
        return next((words for low, high, words in _ELSEWHERE if low <= first <= high), "")

    @property
    def invented(self) -> bool:
        """Whether it lies in the range 999 000 0000 and above, which is never issued."""
        return self.digits.startswith("999")


def _check_digit_holds(digits: str) -> bool:
    total = sum(int(d) * weight for d, weight in zip(digits[:9], range(10, 1, -1), strict=True))
    remainder = 11 - total % 11
    return remainder != LENGTH and (0 if remainder == LENGTH + 1 else remainder) == int(digits[9])


class NhsNumberStatus(StrEnum):
    """NHS NUMBER STATUS INDICATOR CODE; the leading zero belongs to it.

    Source: NHS Data Dictionary.
    """

    VERIFIED = "01"
    NOT_TRACED = "02"
    TRACE_REQUIRED = "03"
    NO_MATCH = "04"
    TO_BE_RESOLVED = "05"
    IN_PROGRESS = "06"
    NOT_PRESENT = "07"
    POSTPONED = "08"


@dataclass(frozen=True, slots=True)
class Patient:
    """A patient as the images name them; nothing is inferred.

    Attributes:
        nhs_number: Only where a valid one was received.
        nhs_status: A number read from DICOM is at best `NOT_TRACED`.
        hospital_number: As received, from PatientID.
        sex: The value as received: a code of `sex_system` (`codes.System`), or empty.
        died: Date of death where a source gave one.
    """

    nhs_number: NhsNumber | None
    nhs_status: NhsNumberStatus
    hospital_number: str
    surname: str
    forename: str
    title: str = ""
    born: date | None = None
    sex: str = ""
    postcode: str = ""
    phone: str = ""
    gp_practice: str = ""
    died: date | None = None
    sex_system: str = "DICOM"


def age_on(born: date, on: date) -> int:
    """Completed years from *born* to *on*."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
