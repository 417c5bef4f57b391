"""Requests to Google Drive that wait and try again where that helps."""

import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from google.auth.exceptions import GoogleAuthError, RefreshError

from tennalytix.datasets.drive_errors import is_passing, reason_of, refusal, token_error

logger = logging.getLogger(__name__)

ENDPOINT = "https://www.googleapis.com"
TIMEOUT_S = (10.0, 60.0)
"""To connect, and between two pieces of an answer."""
MAX_WAIT_S = 32.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to go on: waits double from `wait_s` to 32 s, half of each at random.

    Attributes:
        attempts: how often a request is sent at most.
        wait_s: before the second.
    """

    attempts: int = 8
    wait_s: float = 0.5

    def __post_init__(self) -> None:
        if self.attempts < 1:
            raise ValueError(f"attempts must be at least 1, got {self.attempts}.")
        if self.wait_s < 0:
            raise ValueError(f"retry_wait_s must not be negative, got {self.wait_s}.")

    def wait(self, attempt: int, answer: Any = None) -> None:
        """Sleeps before another attempt, as long as the answer asks for, where it does; `attempt` counts from 0."""
        asked = answer.headers.get("Retry-After", "") if answer is not None else ""
        longest = min(self.wait_s * 2**attempt, MAX_WAIT_S)
        wait_s = longest * random.uniform(0.5, 1.0)
        time.sleep(max(wait_s, min(float(asked), 2 * MAX_WAIT_S)) if asked.isdecimal() else wait_s)


class DriveRequests:
    """Sends requests to Drive's REST API, version 3.

    Args:
        open_session: makes the session when it is first needed.
        endpoint_url: where Drive is; another for tests.
        patience: how long to go on.
    """

    def __init__(self, open_session: Callable[[], Any], endpoint_url: str, patience: Patience) -> None:
        self.patience = patience
        self._open_session, self._session = open_session, None
        self._endpoint = endpoint_url.rstrip("/")

    def json(
        self, method: str, path: str, what: str, params: Mapping[str, str], body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The answer's JSON object; see `answer`."""
        answer = self.answer(method, path, what, params=dict(params), json=body)
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found

    def answer(self, method: str, path: str, what: str, **request: Any) -> Any:
        """The answer to a request that may be sent more than once without harm.

        Args:
            method: of HTTP.
            path: such as "/drive/v3/files", or a whole address.
            what: is asked for, in messages.
            **request: params, json, data, headers as `requests` takes them.

        Raises:
            FileNotFoundError: Drive has no such file, or the account may not see it.
            PermissionError: the account may not, or is not signed in.
            OSError: a quota is used up, or Drive did not answer after all attempts.
        """
        last = "no answer"
        for attempt in range(self.patience.attempts):
            answer, last = self.attempt(method, path, what, **request)
            if answer is not None and answer.status_code < 400:
                return answer
            if attempt + 1 < self.patience.attempts:
                logger.debug("Google Drive: %s for %s, trying again.", last, what)
                self.patience.wait(attempt, answer)
        raise self.no_answer(what, last)

    def attempt(self, method: str, path: str, what: str, **request: Any) -> tuple[Any, str]:
        """Sends once: the answer, None if there was none, and what went wrong if that may pass.

        Raises:
            OSError: what will not pass; see `answer`.
        """
        url = path if path.startswith("http") else self._endpoint + path
        try:
            answer = self._authorized().request(method, url, timeout=TIMEOUT_S, **request)
        except RefreshError as error:
            if error.retryable:
                return None, "no sign-in"
            code = token_error(error.args[1] if len(error.args) > 1 else None)
            # From None: the cause holds the answer of the sign-in server.
            raise PermissionError(f"{refusal(401, '', what)} The sign-in says: {code}.") from None
        except (requests.RequestException, GoogleAuthError) as error:
            return None, type(error).__name__
        if answer.status_code < 400:
            return answer, ""
        reason = reason_of(answer)
        if not is_passing(answer.status_code, reason):
            raise refusal(answer.status_code, reason, what)
        return answer, f"{answer.status_code} {reason}".rstrip()

    def no_answer(self, what: str, last: str) -> OSError:
        """The error to raise when all attempts failed."""
        # The cause is left out on purpose: it holds the address, which is a secret for uploads.
        return OSError(f"Google Drive gave no answer for {what} in {self.patience.attempts} attempts, last: {last}.")

    def _authorized(self) -> Any:
        if self._session is None:
            self._session = self._open_session()
        return self._session
