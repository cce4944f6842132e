#!/usr/bin/env python3
"""Debian packages of a lock file: chosen once from the mirror, later fetched by their checksums.

    debs.py lock NAME      writes NAME.lock: the packages of NAME.packages and all they depend on
    debs.py fetch NAME DIR puts the packages of NAME.lock into DIR, with an index that apt reads

NAME.packages begins with the architecture and the suites; PACKAGE! is taken without what it depends
on. A line of a lock file: package, version, SHA-256 and path below the mirror. The checksums are those
of Debian's signed index. The mirror is the one this machine's apt uses, or DEBIAN_MIRROR.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent
RELEASE = "trixie"
PRINTED = re.compile(r"'(\S+)' (\S+)_(\S+)_\S+\.deb \d+ SHA256:(\w+)")


class Failed(Exception):
    """A sentence for whoever called."""


@functools.cache
def mirror() -> str:
    """The address below which a mirror has dists/ and pool/."""
    if "DEBIAN_MIRROR" in os.environ:
        return os.environ["DEBIAN_MIRROR"].rstrip("/")
    shown = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(ORIGIN) $(REPO_URI)"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    uris = sorted(set(re.findall(r"^Debian (\S+)", shown, re.MULTILINE)))
    uris = [uri for uri in uris if "security" not in uri]
    if not uris:
        raise Failed("no Debian mirror is known: run apt-get update, or set DEBIAN_MIRROR")
    return uris[0].rstrip("/")


def wanted(name: str) -> tuple[str, list[str], list[str]]:
    """Architecture, suites and packages of NAME.packages; # begins a comment."""
    lines = [
        line.partition("#")[0] for line in (HERE / f"{name}.packages").read_text().splitlines()
    ]
    architecture, *suites = lines[0].split()
    return architecture, suites, " ".join(lines[1:]).split()


def resolve(architecture: str, suites: list[str], packages: list[str]) -> list[str]:
    """The lines of a lock file, by apt's own solver over an empty system."""
    uri = mirror()
    with tempfile.TemporaryDirectory() as temporary:
        state = Path(temporary)
        for folder in ("lists/partial", "archives/partial", "state"):
            (state / folder).mkdir(parents=True)
        (state / "status").touch()
        keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
        sources = [f"deb [signed-by={keyring}] {uri} {suite} main\n" for suite in suites]
        (state / "sources.list").write_text("".join(sources))
        settings = {
            "Dir::Etc::SourceList": state / "sources.list",
            "Dir::Etc::SourceParts": "/dev/null",
            "Dir::State": state / "state",
            "Dir::State::Lists": state / "lists",
            "Dir::State::Status": state / "status",
            "Dir::Cache": state,
            "APT::Architecture": architecture,
            "APT::Architectures": architecture,
            "APT::Install-Recommends": "false",
            "APT::Sandbox::User": "",
            "Acquire::Languages": "none",
            "Acquire::ForceHash": "SHA256",
        }
        apt = ["apt-get", "-q", *(f"-o{key}={value}" for key, value in settings.items())]
        print(f"image: asking {uri} for {', '.join(suites)}", file=sys.stderr)
        subprocess.run([*apt, "update"], check=True, stdout=subprocess.DEVNULL)
        alone = [package[:-1] for package in packages if package.endswith("!")]
        whole = [package for package in packages if not package.endswith("!")]
        wishes = [["download", *alone]] if alone else []
        wishes += [["install", "-y", "?essential", *whole]] if whole else []
        shown = "".join(
            subprocess.run(
                [*apt, "--print-uris", *wish], check=True, capture_output=True, text=True
            ).stdout
            for wish in wishes
        )
    found = PRINTED.findall(shown)
    if not found:
        raise Failed(f"apt chose no packages: {shown[-500:]}")
    lines = []
    for address, package, version, digest in found:
        path = address.removeprefix(uri + "/")
        lines.append(f"{package} {urllib.parse.unquote(version)} {digest} {path}")
    return sorted(lines)


def lock(name: str) -> None:
    """Write NAME.lock."""
    lines = resolve(*wanted(name))
    (HERE / f"{name}.lock").write_text("\n".join(lines) + "\n")
    print(f"image: {name}.lock names {len(lines)} packages", file=sys.stderr)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, "" where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def fetch_one(line: str, folder: Path) -> str:
    """Fetch the package of one line of a lock file; what is wrong, "" if nothing is."""
    package, version, digest, path = line.split()
    file = folder / Path(path).name
    if digest_of(file) == digest:
        return ""
    try:
        with urllib.request.urlopen(f"{mirror()}/{path}", timeout=60) as answer:
            file.write_bytes(answer.read())
    except OSError as error:
        return f"{package} {version} ({error})"
    if digest_of(file) != digest:
        file.unlink()
        return f"{package} {version} (another checksum)"
    return ""


def fetch(name: str, folder: Path) -> None:
    """Fetch what the folder has not yet; name every package that the mirror no longer has."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = (HERE / f"{name}.lock").read_text().splitlines()
    mirror()
    with ThreadPoolExecutor(4) as threads:
        gone = [said for said in threads.map(lambda line: fetch_one(line, folder), lines) if said]
    if gone:
        raise Failed(
            f"the mirror no longer has: {'; '.join(gone)}. Choose anew with `make image-lock`, or "
            "set DEBIAN_MIRROR to a mirror that keeps old versions (snapshot.debian.org)"
        )
    for file in {*folder.glob("*.deb")} - {folder / Path(line.split()[3]).name for line in lines}:
        file.unlink()
    index = subprocess.run(
        ["dpkg-scanpackages", "--multiversion", "."], cwd=folder, capture_output=True, check=True
    ).stdout
    (folder / "Packages").write_bytes(index)
    listed = f" {hashlib.sha256(index).hexdigest()} {len(index)} Packages\n"
    # mmdebstrap takes the essential packages of the release of this name alone.
    release = f"Suite: {RELEASE}\nCodename: {RELEASE}\nSHA256:\n{listed}"
    (folder / "Release").write_text(release)


def main() -> int:
    """Run the command line; one sentence for what went wrong."""
    try:
        match sys.argv[1:]:
            case ["lock", name]:
                lock(name)
            case ["fetch", name, folder]:
                fetch(name, Path(folder))
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except (Failed, subprocess.CalledProcessError) as error:
        print(f"image: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
