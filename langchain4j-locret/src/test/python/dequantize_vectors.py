"""Writes src/test/resources/format/dequantize.safetensors: random blocks of every packed type and their values.

The values come from the `gguf` package of PyPI (made with 0.19.0), so that DequantizerTest compares ours with ggml's own
arithmetic and needs no Python. Run in this directory, in an environment with `pip install gguf==0.19.0`:

    python dequantize_vectors.py

Per type: `TYPE.blocks`, the raw bytes as I32, and `TYPE.values`, F32. The scales of the first half of the blocks are
ordinary numbers, the rest is random bits throughout, NaN and infinity included.
"""

import json
import struct

import numpy as np
from gguf import GGMLQuantizationType as T
from gguf import dequantize
from gguf.constants import GGML_QUANT_SIZES

# Byte offsets of the 16-bit scales and minima within a block.
SCALES = {
    T.F16: [],
    T.BF16: [],
    T.Q4_0: [0],
    T.Q4_1: [0, 2],
    T.Q5_0: [0],
    T.Q5_1: [0, 2],
    T.Q8_0: [0],
    T.Q4_K: [0, 2],
    T.Q5_K: [0, 2],
    T.Q6_K: [208],
}
OUT = "../resources/format/dequantize.safetensors"


def main():
    random = np.random.default_rng(20251125)
    tensors = {}
    for kind, scales in SCALES.items():
        block_size, block_bytes = GGML_QUANT_SIZES[kind]
        count = 8 if block_size > 1 else 4096
        blocks = random.integers(0, 256, (count, block_bytes), dtype=np.uint8)
        for at in scales:
            half = random.normal(0, 0.05, count // 2).astype(np.float16)
            blocks[: count // 2, at : at + 2] = half.view(np.uint8).reshape(-1, 2)
        with np.errstate(all="ignore"):
            values = dequantize(blocks.reshape(1, -1) if block_size == 1 else blocks, kind)
        tensors[f"{kind.name}.blocks"] = blocks.reshape(-1).view(np.int32)
        tensors[f"{kind.name}.values"] = np.asarray(values, dtype=np.float32).reshape(-1)
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
