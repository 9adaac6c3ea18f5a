"""Cuts a text to about 32,000 tokens and hides a sentence between two paragraphs: hide.py TEXT TARGET SENTENCE"""

import pathlib
import re
import sys

CHARACTERS = 100_000  # a little over three a token in Macbeth
DEPTH = 0.4

source, target, sentence = sys.argv[1:]
text = pathlib.Path(source).read_text(encoding="utf-8")[:CHARACTERS]
paragraphs = [paragraph for paragraph in re.split(r"\n\s*\n", text) if paragraph.strip()]
paragraphs.insert(int(len(paragraphs) * DEPTH), sentence)
pathlib.Path(target).write_text("\n\n".join(paragraphs) + "\n", encoding="utf-8")
