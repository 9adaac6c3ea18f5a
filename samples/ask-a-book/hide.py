"""Cuts a text to about 32,000 tokens and hides a sentence between two paragraphs: hide.py TEXT TARGET SENTENCE"""

import pathlib
import re
import sys

CHARACTERS = 116_000  # 3.6 a token in English prose
DEPTH = 0.4

source, target, sentence = sys.argv[1:]
text = pathlib.Path(source).read_text(encoding="utf-8")[:CHARACTERS]
paragraphs = [paragraph for paragraph in re.split(r"\n\s*\n", text) if paragraph.strip()]
paragraphs.insert(int(len(paragraphs) * DEPTH), sentence)
pathlib.Path(target).write_text("\n\n".join(paragraphs) + "\n", encoding="utf-8")
