"""A module for Synapse that tells Usher when an account is deactivated or taken into use again."""

import hashlib
import hmac
import logging
import secrets
import time
from collections import deque
from pathlib import Path
from typing import Any, Deque, Dict, NamedTuple

from canonicaljson import encode_canonical_json
from synapse.api.errors import HttpResponseException
from synapse.module_api import ModuleApi
from synapse.module_api.errors import ConfigError

logger = logging.getLogger(__name__)

PATH = "/_usher/v1/account"
# How long to wait before the next try, at first and at most, in seconds.
FIRST_WAIT = 1.0
LONGEST_WAIT = 300.0
# What waits to be said: more than a homeserver deactivates while Usher is upgraded. What is too much, Usher's daily question finds.
MOST_WAITING = 100_000


class Config(NamedTuple):
    url: str
    secret: bytes


class UsherModule:
    """Says each change once Usher takes it, in the order in which they happened, for as long as Synapse lives."""

    def __init__(self, config: Config, api: ModuleApi) -> None:
        self._config = config
        self._api = api
        self._waiting: Deque[Dict[str, Any]] = deque()
        self._sending = False
        self._wait = FIRST_WAIT
        api.register_third_party_rules_callbacks(
            on_user_deactivation_status_changed=self.on_user_deactivation_status_changed,
        )

    @staticmethod
    def parse_config(config: Dict[str, Any]) -> Config:
        url = config.get("url")
        if not isinstance(url, str) or not url.startswith(("http://", "https://")):
            raise ConfigError("usher_synapse: 'url' must be the address at which Usher listens")
        path = config.get("secret_file")
        if not isinstance(path, str):
            raise ConfigError("usher_synapse: 'secret_file' must be the path of a file")
        try:
            secret = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigError(f"usher_synapse: {path} cannot be read: {error.strerror}")
        if len(secret) < 32:
            raise ConfigError("usher_synapse: the secret must be 32 characters long at least")
        return Config(url.rstrip("/") + PATH, secret.encode("utf-8"))

    async def on_user_deactivation_status_changed(
        self, user_id: str, deactivated: bool, by_admin: bool
    ) -> None:
        """Synapse calls this; nothing here holds it up, for it does not ask again."""
        if len(self._waiting) >= MOST_WAITING:
            logger.error("Usher has not listened for long: a change of an account is not told")
            return
        self._waiting.append(
            {
                "user_id": user_id,
                "deactivated": deactivated,
                "by_admin": by_admin,
                "ts": int(time.time() * 1000),
            }
        )
        if not self._sending:
            self._sending = True
            self._later(0)

    def _later(self, seconds: float) -> None:
        self._api.delayed_background_call(seconds * 1000, self._send, desc="usher_accounts")

    async def _send(self) -> None:
        """Says what waits. Where Usher does not take it, that is tried again later, and what came after it waits too."""
        while self._waiting:
            try:
                await self._say(self._waiting[0])
            except HttpResponseException as error:
                # Usher will never take it, whatever it is: both are of different versions, mostly.
                if error.code != 400:
                    return self._try_again(f"it answered {error.code}")
                logger.error("Usher does not understand what became of an account")
            except Exception as error:
                return self._try_again(type(error).__name__)
            self._waiting.popleft()
            self._wait = FIRST_WAIT
        self._sending = False

    def _try_again(self, why: str) -> None:
        logger.warning("Usher was not told of %d changes (%s)", len(self._waiting), why)
        self._later(self._wait)
        self._wait = min(self._wait * 2, LONGEST_WAIT)

    async def _say(self, change: Dict[str, Any]) -> None:
        # The very bytes that Synapse's client sends for it.
        body = encode_canonical_json(change)
        at = str(int(time.time() * 1000))
        nonce = secrets.token_hex(16)
        signed = f"1\n{at}\n{nonce}\n".encode("ascii") + body
        signature = hmac.new(self._config.secret, signed, hashlib.sha256).hexdigest()
        headers = {
            b"X-Usher-Time": [at.encode("ascii")],
            b"X-Usher-Nonce": [nonce.encode("ascii")],
            b"X-Usher-Signature": [signature.encode("ascii")],
        }
        await self._api.http_client.post_json_get_json(self._config.url, change, headers)
