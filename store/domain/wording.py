"""Words in which a person says why they did something: needed, and of a bounded length."""

from store.domain.refusal import NotAllowed

LONGEST_WORDS = 500


def said(words: str, wanting: str, longest: int = LONGEST_WORDS) -> str:
    """*words* without space around them.

    Args:
        wanting: What is answered where there are none.

    Raises:
        NotAllowed: there are none, or more characters than *longest*; nothing is cut off unseen.
    """
    kept = words.strip()
    if not kept:
        raise NotAllowed(wanting)
    if len(kept) > longest:
        msg = f"The reason has {len(kept)} characters; {longest} fit. Shorten it."
        raise NotAllowed(msg)
    return kept
