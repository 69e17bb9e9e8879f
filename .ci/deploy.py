"""Put askme on a Hugging Face Space: HF_TOKEN=… SPACE_ID=owner/name python .ci/deploy.py [--dry-run] [--optional].

One commit brings the Space to what the checkout has committed to git and a Space needs: new and changed files are sent,
files that are gone are deleted. The library stores binary files the way the hub wants them, which a git push of this
repository doesn't: the hub turns away pushes with pictures.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
from huggingface_hub.errors import HfHubHTTPError

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ("app.py", "src", "knowledge", "prompts", "README.md", "LICENSE", "requirements.txt", "pyproject.toml")
"""What a Space needs; nothing else is sent."""
KEPT = ".gitattributes"
"""The hub's own file: it says which files are stored as large ones."""
SPACE = re.compile(r"[\w.-]+/[\w.-]+")
HINTS = {
    401: "the token in HF_TOKEN is refused",
    403: "the token in HF_TOKEN may not write to it; a fine-grained token needs write access to this Space",
    404: "there is none of that name, or the token can't see it; create it first: https://huggingface.co/new-space",
}

Say = Callable[[str], object]


class NotDeployed(Exception):
    """Why nothing was sent, in one sentence."""


def main() -> None:
    """Deploy as the environment says."""
    parser = argparse.ArgumentParser(description="Put askme on the Space that SPACE_ID (owner/name) names.")
    parser.add_argument("--dry-run", action="store_true", help="list the files that a Space gets and send nothing")
    parser.add_argument("--optional", action="store_true", help="no failure when HF_TOKEN or SPACE_ID is missing")
    chosen = parser.parse_args()
    try:
        if chosen.dry_run:
            _say("\n".join(tracked(ROOT)))
            return
        space, token = os.environ.get("SPACE_ID", ""), os.environ.get("HF_TOKEN", "")
        if chosen.optional and not (space and token):
            _say("not deployed: the secret HF_TOKEN and the variable SPACE_ID (owner/name) aren't both set")
            return
        deploy(ROOT, space, token)
    except NotDeployed as error:
        sys.exit(f"not deployed: {error}")


def tracked(root: Path) -> list[str]:
    """Return the files to send: of what is shipped, what git knows; never what merely lies around."""
    listed = ["git", "-C", str(root), "ls-files", "-z", "--", *SHIPPED]
    try:
        names = subprocess.run(listed, check=True, capture_output=True, text=True).stdout.split("\0")  # noqa: S603 (ours)
    except (OSError, subprocess.CalledProcessError):
        raise NotDeployed("git can't list the files here; run it in a clone of the repository") from None
    found = sorted(name for name in names if name and (root / name).is_file())
    missing = [name for name in SHIPPED if not any(file == name or file.startswith(f"{name}/") for file in found)]
    if missing:
        raise NotDeployed(f"a Space needs {', '.join(missing)}, which git doesn't have here")
    return found


def deploy(root: Path, space: str, token: str, endpoint: str | None = None, say: Say | None = None) -> None:
    """Make the Space's files those of the checkout, in one commit; `endpoint` is the hub's address.

    Raises:
        NotDeployed: with the reason; nothing that the hub said is repeated, it may hold the token.
    """
    if not SPACE.fullmatch(space):
        raise NotDeployed("set SPACE_ID to the Space's owner/name")
    if not token:
        raise NotDeployed("set HF_TOKEN to a token that may write to the Space")
    files, say = tracked(root), say or _say
    try:
        gone = _commit(HfApi(endpoint=endpoint, token=token), space, root, files)
    except HfHubHTTPError as error:
        status = error.response.status_code
        raise NotDeployed(f"the Space {space}: {HINTS.get(status, f'the hub answered {status}')}") from None
    except Exception as error:  # noqa: BLE001 (the edge: a library's, over a network, and its text may hold anything)
        raise NotDeployed(f"the hub can't be reached or understood ({type(error).__name__})") from None
    say(f"{space} has {len(files)} files, {len(gone)} were deleted there; it builds itself anew when something changed")


def _commit(api: HfApi, space: str, root: Path, files: list[str]) -> list[str]:
    """Commit, and return what was deleted."""
    gone = sorted(set(api.list_repo_files(space, repo_type="space")) - {*files, KEPT})
    added = [CommitOperationAdd(name, root / name) for name in files]
    deleted = [CommitOperationDelete(name) for name in gone]
    api.create_commit(space, [*added, *deleted], commit_message=f"askme {_revision(root)}", repo_type="space")
    return gone


def _revision(root: Path) -> str:
    asked = ["git", "-C", str(root), "rev-parse", "--short", "HEAD"]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603 (ours)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    main()
