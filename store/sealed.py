"""What must not be read beside the record is kept sealed by a key that lies outside it."""

import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken

from store.domain.refusal import NotAllowed


class Seal:
    """Shuts and opens texts with one key.

    Source: Fernet (AES-128-CBC with HMAC-SHA256), as the package `cryptography` has it.
    """

    def __init__(self, key: bytes) -> None:
        self._with = Fernet(key)

    @staticmethod
    def new_key() -> bytes:
        """A key that nobody has."""
        return Fernet.generate_key()

    def shut(self, said: Mapping[str, str]) -> str:
        """*said* so that nobody reads it without the key."""
        return self._with.encrypt(json.dumps(dict(said), sort_keys=True).encode()).decode()

    def opened(self, token: str) -> dict[str, str]:
        """What was shut.

        Raises:
            NotAllowed: it was sealed by another key, or was tampered with.
        """
        try:
            said: dict[str, str] = json.loads(self._with.decrypt(token.encode()))
        except InvalidToken:
            msg = (
                "The key of the REALM links is not the one that sealed this. Tell the system "
                "administrator to put back the file realm.key."
            )
            raise NotAllowed(msg) from None
        return said
