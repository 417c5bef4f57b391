"""`python -m tennalytix.datasets.drive_sign_in CLIENT.json`: signs a person in to Google Drive, once, in the browser.

What it stores lets whoever holds it read and write the whole Drive: it is kept outside the project, for its owner only.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

STORED = Path("~/.config/tennalytix/drive.json")


def main(arguments: Sequence[str] | None = None) -> int:
    """Reads the command line, opens the browser, stores the sign-in; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tennalytix.datasets.drive_sign_in", description=__doc__)
    parser.add_argument("client", type=Path, help="OAuth client of type desktop app, as downloaded from Google Cloud")
    parser.add_argument("--store", type=Path, default=STORED, help="where the sign-in is kept (%(default)s)")
    given = parser.parse_args(arguments)
    store = given.store.expanduser()
    try:
        sign_in(given.client, store)
    except (ImportError, ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"Signed in. Use it: export TENNALYTIX_DRIVE_TOKEN={store}\n")
    return 0


def sign_in(client: Path, store: Path) -> None:
    """Asks for consent in the browser and writes `store`, readable by its owner only.

    Raises:
        FileNotFoundError: `client` is not there.
        ValueError: `client` is no OAuth client for desktop apps.
        ImportError: the extra `gdrive` is not installed.
    """
    try:
        from google_auth_oauthlib.flow import InstalledAppFlow  # noqa: PLC0415 - an extra

        from tennalytix.datasets.drive_auth import SCOPES  # noqa: PLC0415 - wants the extra, too
    except ImportError as error:
        raise ImportError(
            "Google Drive needs a package that is not installed: run `pip install 'tennalytix[gdrive]'`."
        ) from error
    try:
        config = json.loads(client.read_text())
    except FileNotFoundError:
        raise FileNotFoundError(
            f"client must be the file of an OAuth client, got {client}, which does not exist. "
            "Download it from Google Cloud (docs/storage.md)."
        ) from None
    except ValueError:
        config = None  # What is wrong with it may quote a secret.
    if not isinstance(config, dict) or "installed" not in config:
        raise ValueError(f"{client.name} must be an OAuth client of type desktop app. Create one in Google Cloud.")
    credentials = InstalledAppFlow.from_client_config(config, SCOPES).run_local_server(port=0)
    kept = {
        "type": "authorized_user",
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
        "refresh_token": credentials.refresh_token,
        "token_uri": credentials.token_uri,
    }
    store.parent.mkdir(parents=True, exist_ok=True)
    store.unlink(missing_ok=True)
    with os.fdopen(os.open(store, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(kept, file)


if __name__ == "__main__":
    sys.exit(main())
