"""Writes src/test/resources/golden/rope: what Hugging Face computes for every kind of rotary scaling.

    python3 -m venv /tmp/rope && /tmp/rope/bin/pip install torch==2.15.0 transformers==4.57.6 safetensors
    /tmp/rope/bin/python rope_vectors.py

The models are those of the other goldens: phi3-tiny as it is (longrope, original window 256), and llama-tied-tiny with
the rope settings of KINDS in its config. `cases.json`: `ids`, the text; `edges`, prompt lengths around longrope's
original window with the greedy tokens after each; `kinds`, settings with the length of the text. Tensors:
`longrope.LENGTH`, logits after so many tokens; `KIND.logits`, the same; `KIND.cos` and `KIND.sin`
`[positions, dimensions / 2]` at `positions` when the text has as many tokens as the last of them, plus one.
"""

import copy
import json
import pathlib

import torch
from safetensors.torch import load_file, save_file
from transformers import LlamaConfig, LlamaForCausalLM, Phi3Config, Phi3ForCausalLM
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

GOLDEN = pathlib.Path(__file__).parent.parent / "resources" / "golden"
EDGES = [230, 250, 255, 256, 257, 270]
GREEDY = 16
LENGTH = 300
POSITIONS = [0, 1, 63, 64, 299, 9000]
KINDS = {
    "linear": {"rope_type": "linear", "factor": 8.0},
    "dynamic": {"rope_type": "dynamic", "factor": 8.0},
    "yarn": {"rope_type": "yarn", "factor": 8.0, "original_max_position_embeddings": 64},
    "yarn-betas": {"type": "yarn", "factor": 8.0, "beta_fast": 16.0, "beta_slow": 2.0, "mscale": 1.0,
                   "mscale_all_dim": 0.7},
    "llama3": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
               "original_max_position_embeddings": 64},
}
WINDOW = 64


def model_of(name, config_class, model_class, changes):
    values = json.loads((GOLDEN / name / "config.json").read_text()) | copy.deepcopy(changes)
    config = config_class(**values)
    config._attn_implementation = "eager"
    model = model_class(config).to(torch.float32).eval()
    weights = {k: v.to(torch.float32) for k, v in load_file(GOLDEN / name / "model.safetensors").items()}
    missing, unexpected = model.load_state_dict(weights, strict=False)
    assert not unexpected and set(missing) <= {"lm_head.weight"}, (missing, unexpected)
    model.tie_weights()
    return model


def longrope(ids, tensors):
    model = model_of("phi3-tiny", Phi3Config, Phi3ForCausalLM, {"pad_token_id": 0})
    edges = []
    for length in EDGES:
        prompt = torch.tensor([ids[:length]])
        tensors[f"longrope.{length}"] = model(prompt).logits[0, -1]
        # No token ends the answer, so that all have the same length.
        out = model.generate(prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=GREEDY, do_sample=False,
                             eos_token_id=None)
        edges.append({"length": length, "greedy": out[0, length:].tolist()})
    return edges


def kinds(ids, tensors):
    out = []
    for name, scaling in KINDS.items():
        changes = {"rope_scaling": scaling, "max_position_embeddings": WINDOW}
        if name == "llama3":
            changes["max_position_embeddings"] = 8 * WINDOW
        model = model_of("llama-tied-tiny", LlamaConfig, LlamaForCausalLM, changes)
        tensors[f"{name}.logits"] = model(torch.tensor([ids[:LENGTH]])).logits[0, -1]
        rotary = LlamaRotaryEmbedding(model.config)
        cos, sin = rotary(torch.zeros(1), torch.tensor([POSITIONS]))
        half = cos.shape[-1] // 2
        tensors[f"{name}.cos"] = cos[0, :, :half]
        tensors[f"{name}.sin"] = sin[0, :, :half]
        out.append({"name": name, "changes": changes, "length": LENGTH, "positions": POSITIONS})
    # Inside the original window dynamic scaling changes nothing.
    model = model_of("llama-tied-tiny", LlamaConfig, LlamaForCausalLM,
                     {"rope_scaling": KINDS["dynamic"], "max_position_embeddings": WINDOW})
    tensors["dynamic.inside"] = model(torch.tensor([ids[:WINDOW]])).logits[0, -1]
    return out


@torch.no_grad()
def main():
    generator = torch.Generator().manual_seed(20261125)
    ids = torch.randint(3, 384, (LENGTH,), generator=generator).tolist()
    tensors = {}
    cases = {"ids": ids, "edges": longrope(ids, tensors), "kinds": kinds(ids, tensors)}
    target = GOLDEN / "rope"
    target.mkdir(exist_ok=True)
    (target / "cases.json").write_text(json.dumps(cases) + "\n")
    save_file({k: v.to(torch.float32).contiguous() for k, v in tensors.items()}, target / "expected.safetensors")


if __name__ == "__main__":
    main()
