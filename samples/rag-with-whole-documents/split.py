"""Writes each chapter and scene of two books as a text file of its own: split.py ALICE AS_YOU_LIKE_IT DIRECTORY"""

import pathlib
import re
import sys

alice, play, directory = map(pathlib.Path, sys.argv[1:])
directory.mkdir(parents=True, exist_ok=True)


def write(book, heading):
    text = book.read_text(encoding="latin-1").replace("\r\n", "\n")
    starts = list(re.finditer(heading, text, re.MULTILINE))
    for found, following in zip(starts, starts[1:] + [None]):
        name = re.sub(r"\W+", "-", f"{book.stem} {' '.join(found.groups())}").lower()
        part = text[found.start():following.start() if following else len(text)]
        # A page of the play begins with its title and the act, which would end each scene with that of the next.
        part = re.sub(r"\n\s*AS YOU LIKE IT\s*\Z", "", part)
        (directory / f"{name}.txt").write_text(part.strip() + "\n", encoding="utf-8")


write(alice, r"^ +CHAPTER ([IVX]+)$")
write(play, r"^ACT ([IV]+)\n(?:\s*\n)*SCENE ([IV]+)")
