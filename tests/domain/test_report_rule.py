from store.domain.report import (
    BIAS_NOTE,
    COMMUNICATION_DISCREPANCY,
    DETECTION_DISCREPANCY,
    ReportStatus,
)


def test_a_fracture_is_unseen_or_unnamed_never_both() -> None:
    assert not DETECTION_DISCREPANCY & COMMUNICATION_DISCREPANCY


def test_what_was_reported_or_not_yet_reported_is_no_discrepancy() -> None:
    fair = set(ReportStatus) - DETECTION_DISCREPANCY - COMMUNICATION_DISCREPANCY
    assert fair == {
        ReportStatus.REPORTED_FULL,
        ReportStatus.REPORTED_PARTIAL,
        ReportStatus.REPORTED_UNCERTAIN,
        ReportStatus.KNOWN_PRIOR,
        ReportStatus.NO_REPORT,
    }


def test_every_status_has_its_own_words() -> None:
    assert len({status.words for status in ReportStatus}) == len(ReportStatus)


def test_the_note_names_denominator_and_blind_spot() -> None:
    assert "Denominator" in BIAS_NOTE
    assert "missed" in BIAS_NOTE
