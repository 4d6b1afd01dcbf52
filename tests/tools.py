"""Prometheus' and Alertmanager's programs: from PATH, else Debian's packages, unpacked by dpkg.

`python -m tests.tools` fetches them beforehand, as the recipe `make tools` does.
"""

import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import pytest

PACKAGES = {
    "prometheus": "prometheus",
    "promtool": "prometheus",
    "amtool": "prometheus-alertmanager",
    "prometheus-alertmanager": "prometheus-alertmanager",
}
UNPACKED = Path(__file__).parents[1] / ".taskbridge" / "tools"
FETCH_SECONDS = 120


class NotToBeHad(Exception):
    """The program is neither installed nor can it be fetched; the message says why."""


def tool(name: str) -> Path:
    """Return the program, fetched where need be; skips the test where it cannot be had."""
    try:
        return located(name)
    except NotToBeHad as error:
        pytest.skip(str(error))


def at_home(name: str) -> list[str]:
    """Return the start of a command line for a program that reads files below /usr/share.

    What was only unpacked gets a /usr/share of its own, in a namespace of its own, which needs no
    root where Linux lets people make one; skips the test where it does not.
    """
    program = tool(name)
    if not program.is_relative_to(UNPACKED):
        return [str(program)]
    mounted = 'mount --bind "$0" /usr/share && exec "$@"'
    command = ["unshare", "--mount", "--map-root-user", "sh", "-c", mounted]
    command.append(str(UNPACKED / "usr" / "share"))
    try:
        _run([*command, "true"], UNPACKED)
    except (NotToBeHad, OSError) as error:
        pytest.skip(f"{name} is not installed, and cannot run unpacked: {error}")
    return [*command, str(program)]


def located(name: str) -> Path:
    """Return the program from PATH, else from what was unpacked, else fetch it. NotToBeHad."""
    if installed := shutil.which(name):
        return Path(installed)
    unpacked = UNPACKED / "usr" / "bin" / name
    if not unpacked.exists():
        fetch(PACKAGES[name])
    return unpacked


@cache
def fetch(package: str) -> None:
    """Unpack a Debian package without installing it, which needs no root. NotToBeHad."""
    missing = [needed for needed in ("apt-get", "dpkg") if not shutil.which(needed)]
    if missing:
        raise NotToBeHad(f"{package} is not installed, and there is no {missing[0]} to fetch it.")
    UNPACKED.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=UNPACKED) as directory:
        _run(["apt-get", "download", "--quiet", "--quiet", package], Path(directory))
        for archive in Path(directory).glob("*.deb"):
            _run(["dpkg", "-x", str(archive), str(UNPACKED)], Path(directory))


def _run(command: list[str], directory: Path) -> None:
    done = subprocess.run(  # noqa: S603  # a fixed list of our own words
        command,
        cwd=directory,
        capture_output=True,
        text=True,
        timeout=FETCH_SECONDS,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise NotToBeHad(f"{' '.join(command)} failed: {last}")


def main() -> int:
    """Fetch all of them; say where each is."""
    for name in PACKAGES:
        try:
            sys.stdout.write(f"{name}: {located(name)}\n")
        except NotToBeHad as error:
            sys.stderr.write(f"{name}: {error}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
