"""A module for Synapse that tells Usher when an account is deactivated or taken into use again."""

import hashlib
import hmac
import json
import logging
import os
import secrets
import time
from collections import deque
from pathlib import Path
from typing import Any, Callable, Deque, Dict, List, NamedTuple, Optional

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
    # Where what waits outlasts a restart of Synapse.
    waiting_file: Optional[Path]


class UsherModule:
    """Says each change once Usher takes it, in the order in which they happened."""

    def __init__(self, config: Config, api: ModuleApi) -> None:
        self._config = config
        self._api = api
        self._file = WaitingFile(config.waiting_file, api.worker_name)
        self._waiting: Deque[Dict[str, Any]] = deque(self._file.read())
        self._sending = False
        self._wait = FIRST_WAIT
        if self._waiting:
            self._begin()
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
        waiting = config.get("waiting_file")
        if waiting is not None and (
            not isinstance(waiting, str) or not os.access(Path(waiting).parent, os.W_OK | os.X_OK)
        ):
            raise ConfigError("usher_synapse: 'waiting_file' must be a path in a folder of Synapse's")
        return Config(
            url.rstrip("/") + PATH,
            secret.encode("utf-8"),
            None if waiting is None else Path(waiting),
        )

    async def on_user_deactivation_status_changed(
        self, user_id: str, deactivated: bool, by_admin: bool
    ) -> None:
        """Synapse calls this, and does not ask again."""
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
        self._file.add(self._waiting[-1])
        self._begin()

    def _begin(self) -> None:
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
            self._file.told(self._waiting)
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


class WaitingFile:
    """What waits, a line of JSON each, so that it outlasts this process. Where the disk fails, it waits in memory all the same. None: in memory alone."""

    def __init__(self, path: Optional[Path], worker: Optional[str]) -> None:
        # Each process of Synapse has its own, so that none overwrites another's.
        self._path = path if path is None or worker is None else of_worker(path, worker)
        self._told = 0

    def read(self) -> List[Dict[str, Any]]:
        """Whatever is wrong with the file does not keep Synapse from starting."""
        if self._path is None:
            return []
        try:
            lines = self._path.read_bytes().splitlines()
        except FileNotFoundError:
            return []
        except OSError as error:
            logger.error("What Usher was yet to be told of cannot be read (%s)", error.strerror)
            return []
        known = [change_of(line) for line in lines]
        return [change for change in known if change is not None][:MOST_WAITING]

    def add(self, change: Dict[str, Any]) -> None:
        if self._path is not None:
            self._carefully(lambda path: write(path, os.O_APPEND, [change]))

    def told(self, left: Deque[Dict[str, Any]]) -> None:
        """One was told. What is told twice does no harm, so the file is written anew only once half of it has been."""
        self._told += 1
        if left and self._told < len(left):
            return
        self._told = 0
        if self._path is not None:
            self._carefully(lambda path: replace(path, list(left)))

    def _carefully(self, work: Callable[[Path], None]) -> None:
        try:
            work(self._path)
        except OSError as error:
            logger.error("What Usher is to be told of is not kept on disk (%s)", error.strerror)


def of_worker(path: Path, worker: str) -> Path:
    return path.with_name(f"{path.name}.{hashlib.sha256(worker.encode('utf-8')).hexdigest()[:16]}")


def change_of(line: bytes) -> Optional[Dict[str, Any]]:
    """None for what a crash cut off, and for what is no change: Usher would refuse it."""
    try:
        change = json.loads(line)
    except ValueError:
        return None
    return change if isinstance(change, dict) else None


def replace(path: Path, changes: List[Dict[str, Any]]) -> None:
    """All of it or, after a crash, what there was before; nothing: no file."""
    if not changes:
        path.unlink(missing_ok=True)
        return
    new = path.with_name(path.name + ".new")
    write(new, os.O_TRUNC, changes)
    os.replace(new, path)


def write(path: Path, how: int, changes: List[Dict[str, Any]]) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600), "wb") as file:
        for change in changes:
            # A line that a crash cut off ends here.
            file.write(b"\n" + encode_canonical_json(change) + b"\n")
        file.flush()
        os.fsync(file.fileno())
