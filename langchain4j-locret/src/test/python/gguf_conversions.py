"""Writes src/test/resources/golden/gguf: the tiny models as llama.cpp's own converter writes them, with tokenizers.

    python3 -m venv /tmp/gguf && /tmp/gguf/bin/pip install torch==2.15.0 transformers==4.57.6 sentencepiece protobuf
    python3 -m pip download --no-deps --no-binary :all: llama-cpp-python==0.3.36   # holds llama.cpp's source
    /tmp/gguf/bin/python gguf_conversions.py UNPACKED/vendor/llama.cpp

Per model NAME: `NAME.gguf`, made from `golden/NAME` (BF16, norms F32, as converters do) and the tokenizer that
`NAME.tokenizer.json` is, in Hugging Face's form, with `NAME.tokenizer_config.json`. Vocabularies are trained here on the
sentences below, so that they may be committed: byte-level BPE, or SentencePiece BPE for Mistral and Phi-3.
"""

import json
import pathlib
import shutil
import sys
import tempfile

import sentencepiece
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import LlamaTokenizer, LlamaTokenizerFast

GOLDEN = pathlib.Path(__file__).parent.parent / "resources" / "golden"
SENTENCES = """The cache keeps the entries that matter most, and the text may be of any length.
A magic number is hidden deep inside the book; the reader has to remember it until the question comes.
What was said on the first page is not forgotten when the last page is read, unless nobody asks.
for (int i = 0; i < 10; i++) { System.out.println("value " + i); }
Grüße aus Köln, café au lait, naïve résumé, 東京は日本の首都です, Привет мир, 12345 and 3.14159.
The quick brown fox jumps over the lazy dog while the attentive cat keeps its distance.""".split("\n")
# Splits of the pre-tokenizers that llama.cpp knows under these names.
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
          r"|\s+(?!\S)|\s+")
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
MODELS = {
    "llama-tiny": ("llama-bpe", LLAMA3),
    "llama-tied-tiny": ("llama-bpe", LLAMA3),
    "qwen2-tiny": ("qwen2", QWEN2),
    "qwen3-tiny": ("qwen2", QWEN2),
    "mistral-tiny": None,
    "phi3-tiny": None,
}
CHATML = ("{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}"
          "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")


def byte_level(directory, size, split):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(split), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    specials = ["<|pad|>", "<|begin|>", "<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    tokenizer.train_from_iterator(SENTENCES * 3, trainers.BpeTrainer(
        vocab_size=size - 7, special_tokens=specials, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.save(str(directory / "tokenizer.json"))
    return {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<|begin|>", "eos_token": "<|im_end|>",
            "add_bos_token": False, "chat_template": CHATML}


def sentence_piece(directory, size):
    (directory / "text").write_text("\n".join(SENTENCES * 3))
    sentencepiece.SentencePieceTrainer.train(
        input=str(directory / "text"), model_prefix=str(directory / "tokenizer"), model_type="bpe", vocab_size=size - 5,
        byte_fallback=True, character_coverage=0.98, normalization_rule_name="identity", split_digits=True,
        remove_extra_whitespaces=False, num_threads=1, minloglevel=2)
    # As Mistral's and Phi-3's files are: a normalizer puts the space in front, whatever the text begins with.
    slow = LlamaTokenizer(str(directory / "tokenizer.model"), legacy=True)
    LlamaTokenizerFast.from_pretrained(save(slow, directory), legacy=True).backend_tokenizer.save(
        str(directory / "tokenizer.json"))
    return {"tokenizer_class": "LlamaTokenizer", "bos_token": "<s>", "eos_token": "</s>", "add_bos_token": True,
            "add_eos_token": False, "legacy": True,
            "chat_template": "{{ bos_token }}{% for m in messages %}{{ m.content + eos_token }}{% endfor %}"}


def swallow_space(file):
    """Phi-3's end token takes the white space behind it; llama.cpp knows that by the model's name."""
    tokenizer = json.loads(file.read_text())
    for token in tokenizer["added_tokens"]:
        token["rstrip"] = token["content"] == "</s>"
    file.write_text(json.dumps(tokenizer, ensure_ascii=False, indent=1) + "\n")


def save(tokenizer, directory):
    target = directory / "slow"
    tokenizer.save_pretrained(target)
    return target


def convert(name, kind, target):
    import conversion
    import gguf
    with tempfile.TemporaryDirectory() as scratch:
        directory = pathlib.Path(scratch)
        for file in ("config.json", "model.safetensors"):
            shutil.copy(GOLDEN / name / file, directory)
        size = json.loads((directory / "config.json").read_text())["vocab_size"]
        config = byte_level(directory, size, kind[1]) if kind else sentence_piece(directory, size)
        if name == "phi3-tiny":
            swallow_space(directory / "tokenizer.json")
        (directory / "tokenizer_config.json").write_text(json.dumps(config, indent=1) + "\n")
        for file in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copy(directory / file, target / f"{name}.{file}")
        hparams = conversion.ModelBase.load_hparams(directory, False)
        architecture = conversion.get_model_architecture(hparams, conversion.ModelType.TEXT)
        model_class = conversion.get_model_class(architecture)
        if kind:
            # The converter knows pre-tokenizers by a hash over the whole vocabulary, which ours cannot have.
            model_class.get_vocab_base_pre = lambda self, tokenizer: kind[0]
        model = model_class(directory, gguf.LlamaFileType.MOSTLY_BF16, target / f"{name}.gguf", model_name=name)
        model.write()


def main():
    sys.path[:0] = [sys.argv[1], sys.argv[1] + "/gguf-py"]
    target = GOLDEN / "gguf"
    target.mkdir(exist_ok=True)
    for name, kind in MODELS.items():
        convert(name, kind, target)


if __name__ == "__main__":
    main()
