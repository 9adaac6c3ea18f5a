"""Makes heads of TrimKV, KVzap and APB with random weights, under the names and shapes of their authors' code, for
llama-tiny (hidden 128, 8 KV heads, 3 layers) and qwen2-tiny; and what PyTorch computes with them.
Run in src/test/resources/golden/heads with torch 2.5 and numpy: python ../../../python/trained_heads.py
"""

import json
import struct
from collections import OrderedDict

import torch
from torch import nn
from torch.nn import functional as F

HIDDEN, KV_HEADS, LAYERS, ROWS = 128, 8, 3, 7
torch.manual_seed(11)


def linear(inputs, outputs, bias, scale):
    module = nn.Linear(inputs, outputs, bias=bias)
    module.weight.data.normal_(std=scale)
    if bias:
        module.bias.data.normal_(std=0.5)
    return module


def gate(depth, width):
    """ngocbh/trimkv, RetentionGate (depth 2) and RetentionGate10 (depth 3)."""
    module = nn.Module()
    module.linear1 = linear(HIDDEN, width, True, 0.1)
    if depth == 3:
        module.linear2 = linear(width, width, True, 0.4)
    setattr(module, f"linear{depth}", linear(width, KV_HEADS, False, 0.5))
    module.bias = nn.Parameter(torch.randn(KV_HEADS) + 2)
    return module


def run_gate(module, depth, x):
    for i in range(1, depth + 1):
        x = getattr(module, f"linear{i}")(x)
        x = F.silu(x) if i < depth else x
    return F.logsigmoid(x + module.bias)


def safetensors(path, tensors):
    header, data = OrderedDict(), b""
    for name, tensor in tensors.items():
        content = tensor.detach().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    open(path, "wb").write(struct.pack("<Q", len(text)) + text + data)


x = torch.randn(ROWS, HIDDEN)
expected = {"input": x.tolist()}

for depth, width, file in ((2, 12, "trimkv_weights.pth"), (3, 10, "dbtrimkv_weights.pth")):
    gates = [gate(depth, width).bfloat16() for _ in range(LAYERS)]
    weights = OrderedDict(
        (f"model.layers.{i}.self_attn.retention_gate.{name}", tensor)
        for i, module in enumerate(gates)
        for name, tensor in module.state_dict().items()
    )
    torch.save(weights, file)
    expected[file] = [run_gate(module.float(), depth, x).tolist() for module in gates]

for file, make in (
    ("kvzap-linear.safetensors", lambda: linear(HIDDEN, KV_HEADS, True, 0.2)),
    (
        "kvzap-mlp.safetensors",
        lambda: nn.Sequential(linear(HIDDEN, 16, True, 0.3), nn.GELU(), linear(16, KV_HEADS, True, 0.5)),
    ),
):
    layers = nn.ModuleList(make() for _ in range(LAYERS))
    safetensors(file, {f"layers.{name}": tensor for name, tensor in layers.state_dict().items()})
    expected[file] = [module(x).tolist() for module in layers]

# APB's checkpoint holds the whole of what was trained under; only names with 'fc' are taken. qwen2-tiny: 6 query heads,
# 2 KV heads, head dimension 16.
torch.save(
    OrderedDict(
        (f"model.layers.{i}.self_attn.fc{fc}.weight", torch.randn(shape).mul(0.2).bfloat16())
        for i in range(2)
        for fc, shape in ((1, (20, (6 + 2 * 2) * 16)), (2, (2, 20)))
    )
    | {"model.norm.weight": torch.ones(96).bfloat16()},
    "apb-qwen2.bin",
)
json.dump(expected, open("expected.json", "w"))
