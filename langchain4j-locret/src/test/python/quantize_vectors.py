"""Writes src/test/resources/format/quantize.safetensors: rows of numbers and their blocks in each type of a KV cache.

The blocks come from the `gguf` package of PyPI (made with 0.19.0), so that KvQuantizerTest compares ours with an
independent quantiser and needs no Python. Run in this directory, in an environment with `pip install gguf==0.19.0`:

    python quantize_vectors.py

Per type: `TYPE.rows`, F32, and `TYPE.blocks`, the raw bytes as I32. Rows are ordinary numbers, very large and very small
ones (subnormal as a half), zeros, equal magnitudes of both signs, and numbers of which one outweighs the others.
"""

import json
import struct

import numpy as np
from gguf import GGMLQuantizationType as T
from gguf import quantize

OUT = "../resources/format/quantize.safetensors"
COLUMNS = 64


def rows(random):
    normal = random.normal(0, 1, (24, COLUMNS))
    normal[4:8] *= 1e4
    normal[8:12] *= 1e-5
    normal[12:16] *= 1e-8
    normal[16, :32] = 0
    normal[17] = np.where(normal[17] > 0, 0.75, -0.75)
    normal[18:20, 7] = [300, -300]
    normal[20:24] = normal[20:24].astype(np.float16)
    return normal.astype(np.float32)


def main():
    random = np.random.default_rng(20261126)
    tensors = {}
    for kind in (T.F16, T.Q8_0, T.Q4_0):
        values = rows(random)
        blocks = np.ascontiguousarray(quantize(values, kind)).view(np.uint8).reshape(-1)
        tensors[f"{kind.name}.rows"] = values.reshape(-1)
        tensors[f"{kind.name}.blocks"] = blocks.view(np.int32)
    header, offset = {}, 0
    for name, array in tensors.items():
        end = offset + array.nbytes
        dtype = "I32" if array.dtype == np.int32 else "F32"
        header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(OUT, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for array in tensors.values():
            out.write(array.tobytes())


if __name__ == "__main__":
    main()
