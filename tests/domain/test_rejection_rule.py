from store.domain.rejection import REASONS, Class


def test_every_reason_says_what_to_look_for() -> None:
    assert all(reason.hint.strip() for reason in REASONS.values())
    assert len({reason.words for reason in REASONS.values()}) == len(REASONS)


def test_the_two_classes_do_not_mix_in_the_list() -> None:
    kinds = [reason.kind for reason in REASONS.values()]
    assert kinds == sorted(kinds, key=tuple(Class).index)


def test_the_ten_on_the_digits_decide_at_once() -> None:
    on_digits = list(REASONS.values())[:10]
    assert not any(reason.needs_text for reason in on_digits)
    assert {"DEGEN", "PHYSIO_WEDGE", "SCHMORL"} <= {reason.code for reason in on_digits}


def test_what_is_no_fragility_fracture_goes_somewhere_else() -> None:
    other = [one for one in REASONS.values() if one.kind is Class.NOT_FRAGILITY]
    assert all(one.route or one.needs_text for one in other)
