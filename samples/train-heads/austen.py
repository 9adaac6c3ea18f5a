"""Takes the novels out of an R data base: austen.py Rdata.rdb DIRECTORY

The file is a row of blocks, each four bytes with its length unpacked and an R object, compressed by zlib. A novel is an
object with one string a line; a string is the tag 00 04 00 09 (or 00 00 00 09), its length in four bytes, and its bytes.
"""

import pathlib
import re
import struct
import sys
import zlib

source, directory = sys.argv[1:]
data = pathlib.Path(source).read_bytes()
novels = 0
while data:
    block = zlib.decompressobj()
    unpacked = block.decompress(data[4:])
    data = block.unused_data
    lines = []
    at = 0
    for tag in re.finditer(rb"\x00[\x00\x04]\x00\x09", unpacked):
        if tag.start() < at:
            continue
        (length,) = struct.unpack(">I", unpacked[tag.end():tag.end() + 4])
        if length <= 200:
            at = tag.end() + 4 + length
            lines.append(unpacked[tag.end() + 4:at].decode("utf-8", "replace"))
    novels += 1
    (pathlib.Path(directory) / f"austen-{novels}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
