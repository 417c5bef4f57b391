import importlib
import json
import re
import stat
import sys
import threading
import urllib.request
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tennalytix.datasets import drive_sign_in

REFRESH = "1//refresh-of-a-person"


@pytest.fixture
def _no_account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine that knows no Google account."""
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "gcloud"))
    monkeypatch.setenv("NO_GCE_CHECK", "true")


@pytest.fixture
def person(drive, tmp_path: Path) -> Path:
    """A stored sign-in that the fake knows."""
    drive.open_to_all = False
    drive.refresh_tokens.add(REFRESH)
    stored = tmp_path / "drive.json"
    info = {
        "type": "authorized_user",
        "client_id": "client",
        "client_secret": "GOCSPX-secret",  # pragma: allowlist secret
        "refresh_token": REFRESH,
        "token_uri": f"{drive.url}/token",
    }
    stored.write_text(json.dumps(info))
    return stored


def works(files) -> bool:
    files.pipe_file("d/a.json", b"{}")
    return bool(files.cat_file("d/a.json") == b"{}")


def test_a_service_account_signs_in_by_path_text_or_content(open_drive, service_account: Path) -> None:
    text = service_account.read_text()

    assert all(works(open_drive(token=token)) for token in (str(service_account), text, json.loads(text)))


def test_a_person_signs_in_with_what_was_stored(open_drive, person: Path) -> None:
    assert works(open_drive(token=str(person)))


@pytest.mark.usefixtures("_no_account")
@pytest.mark.parametrize("token", [None, "", "google_default"])
def test_the_account_of_the_machine_is_the_default(
    open_drive, service_account: Path, monkeypatch: pytest.MonkeyPatch, token: str | None
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(service_account))

    assert works(open_drive(token=token))


def test_nobody_may_do_nothing(open_drive, service_account: Path) -> None:
    with pytest.raises(PermissionError, match="does not accept the sign-in at the root folder"):
        open_drive(token="anon").ls("")


def test_an_access_token_that_ran_out_is_renewed(open_drive, drive, service_account: Path) -> None:
    files = open_drive(token=str(service_account))
    files.pipe_file("a.json", b"1")
    drive.expire_tokens()

    assert files.cat_file("a.json") == b"1"
    drive.fail("^PUT", act=drive.expire_tokens)
    files.pipe_file("a.json", b"2")
    assert files.cat_file("a.json") == b"2"
    assert sum("/token" in line for line in drive.requests) == 3


def test_a_sign_in_that_was_taken_back_says_so_and_nothing_secret(open_drive, drive, person: Path) -> None:
    drive.refresh_tokens.clear()

    with pytest.raises(PermissionError, match=r"renew the key .* The sign-in says: invalid_grant") as e:
        open_drive(token=str(person)).ls("")
    assert REFRESH not in str(e.value)
    assert "GOCSPX" not in str(e.value)
    assert e.value.__suppress_context__


def test_a_sign_in_server_that_is_busy_is_asked_again(open_drive, drive, person: Path) -> None:
    drive.fail("^POST /token", times=2, status=503, reason="backendError")

    assert works(open_drive(token=str(person)))


@pytest.mark.usefixtures("_no_account")
def test_what_is_no_key_says_what_to_do(open_drive, tmp_path: Path) -> None:
    with pytest.raises(PermissionError, match=r"token must be the path of a JSON key, got /none\.json"):
        open_drive(token="/none.json").ls("")
    with pytest.raises(PermissionError, match="This machine has no Google account by itself"):
        open_drive(token=None).ls("")
    (tmp_path / "key.json").write_text("secret text")
    with pytest.raises(ValueError, match=r"token must be a JSON key .* got something else\. Run `python -m") as caught:
        open_drive(token=str(tmp_path / "key.json")).ls("")
    assert "secret" not in str(caught.value)
    with pytest.raises(ValueError, match="got an OAuth client"):
        open_drive(token={"installed": {"client_secret": "x"}}).ls("")
    for damaged in ({"type": "service_account", "private_key": "x"}, {"refresh_token": "x"}):
        with pytest.raises(ValueError, match="token must be a complete JSON key, got a damaged one"):
            open_drive(token=damaged).ls("")


@pytest.fixture
def client(drive, tmp_path: Path) -> Path:
    """The OAuth client of a desktop app, as downloaded from the cloud console."""
    path = tmp_path / "client.json"
    info = {
        "client_id": "client",
        "client_secret": "GOCSPX-secret",  # pragma: allowlist secret
        "auth_uri": f"{drive.url}/auth",
        "token_uri": f"{drive.url}/token",
    }
    path.write_text(json.dumps({"installed": info}))
    return path


class Browser:
    """Whoever sits before it consents at once."""

    def __init__(self) -> None:
        self.asked: dict[str, str] = {}

    def open(self, url: str, **_: object) -> bool:
        self.asked = {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
        back = f"{self.asked['redirect_uri']}?state={self.asked['state']}&code=4/consent"
        threading.Thread(target=lambda: urllib.request.urlopen(back).read()).start()
        return True


def test_a_person_signs_in_once_in_the_browser(
    open_drive, drive, client: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    drive.open_to_all = False
    browser = Browser()
    monkeypatch.setattr("webbrowser.get", lambda _: browser)
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # The fake speaks no TLS.
    store = tmp_path / "config" / "drive.json"

    assert drive_sign_in.main([str(client), f"--store={store}"]) == 0
    assert browser.asked["access_type"] == "offline"
    assert browser.asked["scope"] == "https://www.googleapis.com/auth/drive"
    assert f"export TENNALYTIX_DRIVE_TOKEN={store}" in capsys.readouterr().out
    assert stat.S_IMODE(store.stat().st_mode) == 0o600
    assert works(open_drive(token=str(store)))


def test_only_a_desktop_client_can_sign_in(tmp_path: Path) -> None:
    (tmp_path / "client.json").write_text('{"web": {}}')

    with pytest.raises(ValueError, match=r"client\.json must be an OAuth client of type desktop app"):
        drive_sign_in.sign_in(tmp_path / "client.json", tmp_path / "drive.json")


@pytest.mark.parametrize("text", ["secret text", "[1]", '{"web": {}}'])
def test_the_command_says_what_is_wrong_in_a_sentence(text: str, tmp_path: Path, capsys) -> None:
    client = tmp_path / "client.json"
    assert drive_sign_in.main([str(client)]) == 1
    assert re.fullmatch(
        r"client must be the file of an OAuth client, got .*client\.json, which does not exist\. Download it .*\n",
        capsys.readouterr().err,
    )

    client.write_text(text)
    assert drive_sign_in.main([str(client)]) == 1
    assert capsys.readouterr().err == (
        "client.json must be an OAuth client of type desktop app. Create one in Google Cloud.\n"
    )


def test_without_the_extra_the_command_explains_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys) -> None:
    for name in ("google_auth_oauthlib", "google_auth_oauthlib.flow"):
        monkeypatch.setitem(sys.modules, name, None)
    again = importlib.reload(drive_sign_in)

    with pytest.raises(SystemExit, match="0"):
        again.main(["--help"])
    assert "OAuth client of type desktop app" in capsys.readouterr().out
    assert again.main([str(tmp_path / "client.json")]) == 1
    assert capsys.readouterr().err == (
        "Google Drive needs a package that is not installed: run `pip install 'tennalytix[gdrive]'`.\n"
    )
