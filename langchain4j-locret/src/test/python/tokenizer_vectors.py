"""Writes the tokenizer vectors of the tests: lines of text with the ids that llama.cpp gives them.

    python3 -m venv /tmp/vectors && /tmp/vectors/bin/pip install llama-cpp-python==0.3.36 gguf==0.19.0
    /tmp/vectors/bin/python tokenizer_vectors.py SmolLM2-135M-Instruct.Q4_1.gguf OUTPUT_DIRECTORY

Output: smollm2.jsonl.gz (2,000 lines [text, ids]) and, for each small vocabulary made here, NAME.gguf and
NAME.jsonl.gz (bpe: ids once for each of PRE_TOKENIZERS). The small vocabularies are trained on this script's own sentences, so that they may be committed.
"""

import collections
import gzip
import json
import pathlib
import random
import sys
import tempfile

import gguf
import llama_cpp

WORDS = """the of and to in is that it was for on are as with his they at be this from have or by one had not but what
all were when we there can an your which their said if do will each about how up out them then she many some so these
would other into has more her two like him see time could no make than first been its who now people my made over did
down only way find use may water long little very after words called just where most know cache token budget entry
layer head attention prefill decode memory document question answer number magic deep inside text reading""".split()
UNICODE_WORDS = """Grüße Straße naïve café résumé Ångström Łódź Đakovo İstanbul ΑΒΓ αβγ ελληνικά русский язык Київ
српски עברית שלום العربية مرحبا فارسی हिन्दी नमस्ते বাংলা தமிழ் ไทย ภาษาไทย ລາວ မြန်မာ ქართული հայերեն አማርኛ
日本語 ひらがな カタカナ 漢字 中文 简体字 繁體字 測試 한국어 안녕하세요 Tiếng Việt ﬁ ﬂ Ⅷ ½ ² ① ㊙ ㍿ ｆｕｌｌ ＷＩＤＴＨ ９８７""".split()
EMOJI = ["😀", "👍🏽", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪", "❤️", "☃", "✈️", "🧑🏿‍🚀", "1️⃣", "🫠", "\U0001fae8"]
COMBINING = ["e\u0301", "a\u0308\u0301", "n\u0303", "Z\u0351\u036b\u0343", "\u0915\u094d\u0937", "o\u0328\u0304",
             "\u1112\u1161\u11ab", "\u05d1\u05bc\u05b8", "\u0e01\u0e33", "\ufe0f", "\u200d", "\u20e3"]
CODE = ["for (int i = 0; i < n; ++i) {", "def f(x): return x**2", "x != y && !(a || b)", "#include <stdio.h>",
        "SELECT * FROM t WHERE a='b';", "<div class=\"c\">&nbsp;</div>", "λ = lambda x: x", "/* comment */ // done",
        "\treturn null;", "if __name__ == '__main__':", "{\"a\": [1, 2.5e-3, null]}", "$x->y[0]['z']", "a::b<c>()",
        "git commit -m \"fix: #42\"", "C:\\Users\\x", "https://example.org/a?b=c&d=%20#e", "}\n\n    else {\n",
        "x = 0xFF_FF; y = 1_000'000;", "@Override public final void run() {}", "~/.config/x.yml:12:3"]
CONTRACTIONS = ["I'm", "don't", "we'll", "they've", "YOU'RE", "it'S", "he'd", "'tis", "rock'n'roll", "O'Neill's", "’s"]
SPECIALS = ["<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|im_start|>system\n", "<repo_name>", "<s>", "</s>",
            "<unk>", "<|eot_id|>", "<0x41>", "<|user|>", "<tool>"]
SPACES = [" ", "  ", "   ", "        ", "\t", "\t\t", "\n", "\n\n", "\r\n", " \n ", "\u00a0", "\u3000", "\u2003",
          "\u200b", "\u2028", "\u0085", "\x0b", "\x0c", " \t \n"]


PRE_TOKENIZERS = ["default", "llama-bpe", "qwen2", "qwen35", "smollm", "gpt-2", "falcon", "deepseek-llm",
                  "deepseek-coder", "deepseek-v3", "bloom", "viking", "bailingmoe", "seed-coder", "tekken",
                  "gpt-4o", "dbrx"]


def control(r):
    return chr(r.choice([0, 1, 2, 7, 8, 0x0E, 0x1B, 0x1C, 0x1F, 0x7F, 0x80, 0x9F, 0xAD, 0xFEFF, 0xFFFD]))


def number(r):
    return r.choice([str(r.randrange(10 ** r.randrange(1, 14))), f"{r.uniform(-9, 9):.4f}", f"{r.randrange(10**9):,}",
                     "1234567890" * r.randrange(1, 4), f"{r.randrange(24):02}:{r.randrange(60):02}", "٣٤٥", "१२३", "Ⅻ"])


def piece(r):
    kind = r.randrange(14)
    if kind < 4:
        return " ".join(r.choice(WORDS) for _ in range(r.randrange(1, 8)))
    if kind == 4:
        return r.choice(UNICODE_WORDS)
    if kind == 5:
        return r.choice(EMOJI) * r.randrange(1, 3)
    if kind == 6:
        return r.choice(COMBINING)
    if kind == 7:
        return r.choice(CODE)
    if kind == 8:
        return control(r)
    if kind == 9:
        return number(r)
    if kind == 10:
        return r.choice(CONTRACTIONS)
    if kind == 11:
        return r.choice(SPECIALS)
    if kind == 12:
        return "".join(r.choice("!?.,;:-_()[]{}<>|/\\@#$%^&*+=~`'\"") for _ in range(r.randrange(1, 6)))
    return chr(r.choice([r.randrange(0x20, 0x7F), r.randrange(0xA0, 0x24F), r.randrange(0x370, 0x5FF),
                         r.randrange(0x900, 0xDFF), r.randrange(0x2000, 0x2BFF), r.randrange(0x3000, 0x9FFF),
                         r.randrange(0xAC00, 0xD7A3), r.randrange(0x1F300, 0x1FAFF)]))


def line(r):
    text = ""
    for _ in range(r.randrange(1, 9)):
        word = piece(r)
        style = r.randrange(8)
        word = word.upper() if style == 0 else word.capitalize() if style == 1 else word
        text += r.choice(["", " ", " ", " ", r.choice(SPACES)]) + word
    return text + r.choice(["", "", " ", "\n", "."])


def lines(seed, count):
    r = random.Random(seed)
    made = ["", " ", "\n", "a", "  leading", "trailing  ", "🙂", "\x00"]
    return made + [line(r) for _ in range(count - len(made))]


def write(path, models, seed, count):
    """Lines [text, ids of the first model, ids of the second, …]."""
    llamas = [llama_cpp.Llama(model_path=str(model), vocab_only=True, verbose=False) for model in models]
    with gzip.GzipFile(path, "wb", compresslevel=9, mtime=0) as out:
        for text in lines(seed, count):
            row = [text]
            for llama in llamas:
                row.append(llama.tokenize(text.encode("utf-8"), add_bos=False, special=False) if text else [])
            out.write((json.dumps(row, ensure_ascii=True, separators=(",", ":")) + "\n").encode())


def byte_symbols():
    """GPT-2's characters for the 256 bytes."""
    printable = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    symbols, extra = {}, 256
    for b in range(256):
        symbols[b] = chr(b) if b in printable else chr(extra)
        extra += b not in printable
    return symbols


def train(words, merges_wanted):
    """Byte-pair encoding of a bag of words (tuples of symbols): returns merges in order."""
    merges = []
    bag = collections.Counter(words)
    for _ in range(merges_wanted):
        pairs = collections.Counter()
        for word, n in bag.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += n
        if not pairs:
            break
        best = max(pairs, key=lambda p: (pairs[p], p))
        merges.append(best)
        joined = collections.Counter()
        for word, n in bag.items():
            new, i = [], 0
            while i < len(word):
                if word[i:i + 2] == best:
                    new.append(word[i] + word[i + 1])
                    i += 2
                else:
                    new.append(word[i])
                    i += 1
            joined[tuple(new)] += n
        bag = joined
    return merges


def corpus():
    r = random.Random(7)
    parts = WORDS * 3 + UNICODE_WORDS + CODE + CONTRACTIONS + [number(r) for _ in range(60)] + EMOJI
    parts += [" " * n for n in (2, 3, 4, 8)] + ["\n\n", "\r\n", "\t\t", ".\n", ");\n", "...", "=="]
    parts += WORDS + [w.upper() for w in WORDS[:40]] + [w.capitalize() for w in WORDS[:60]]
    return parts


def small_bpe(path, pre, add_bos):
    symbols = byte_symbols()
    words = []
    for part in corpus():
        for prefix in ("", " "):
            words.append(tuple(symbols[b] for b in (prefix + part).encode()))
    merges = train(words, 700)
    left_out = {0x07, 0x1C, 0xF5, 0xC0}  # bytes without a token, as in SmolLM2's vocabulary
    tokens = [symbols[b] for b in range(256) if b not in left_out]
    tokens += list(dict.fromkeys(a + b for a, b in merges))
    types = [gguf.TokenType.NORMAL] * len(tokens)
    for text, kind in (("<|begin_of_text|>", 3), ("<|eot_id|>", 3), ("<|im_start|>", 3), ("<|im_end|>", 3),
                       ("<tool>", 4), ("    ", 4)):
        tokens.append(text)
        types.append(gguf.TokenType(kind))
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("small")
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges([f"{a} {b}" for a, b in merges])
    writer.add_bos_token_id(tokens.index("<|begin_of_text|>"))
    writer.add_eos_token_id(tokens.index("<|eot_id|>"))
    writer.add_add_bos_token(add_bos)
    finish(writer)


def small_spm(path, add_space_prefix):
    words = [tuple(("▁" + part).replace(" ", "▁")) for part in corpus()]
    merges = train(words, 700)
    tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)]
    types = [2, 3, 3] + [6] * 256
    scores = [0.0] * len(tokens)
    pieces = list(dict.fromkeys(a + b for a, b in merges))
    # Sentences contain more characters than a small vocabulary: the rest goes to bytes.
    characters = [c for c in dict.fromkeys("".join("".join(w) for w in words)) if c not in "жшЖאبहไ漢한"]
    for i, text in enumerate(pieces + characters):
        tokens.append(text)
        types.append(1)
        scores.append(-float(i))
    for text, kind in (("<|user|>", 3), ("<|end|>", 3), ("<tool>", 4)):
        tokens.append(text)
        types.append(kind)
        scores.append(0.0)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("small")
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_scores(scores)
    writer.add_token_types([gguf.TokenType(t) for t in types])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(add_space_prefix)
    finish(writer)


def finish(writer):
    # llama.cpp wants these of any model, though only the vocabulary is read.
    writer.add_context_length(64)
    writer.add_embedding_length(8)
    writer.add_block_count(1)
    writer.add_feed_forward_length(8)
    writer.add_head_count(1)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()


def main():
    model, out = sys.argv[1], pathlib.Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    write(out / "smollm2.jsonl.gz", [model], 1, 2000)
    # One vocabulary serves all byte-level kinds: the test names the pre-tokenizer, in this order.
    with tempfile.TemporaryDirectory() as scratch:
        models = []
        for pre in PRE_TOKENIZERS:
            models.append(f"{scratch}/{pre}.gguf")
            small_bpe(models[-1], pre, True)
        write(out / "bpe.jsonl.gz", models, 2, 400)
    small_bpe(out / "bpe.gguf", "llama-bpe", True)
    for name, prefix in (("spm", True), ("spm-bare", False)):
        small_spm(out / f"{name}.gguf", prefix)
        write(out / f"{name}.jsonl.gz", [out / f"{name}.gguf"], 3, 400)


if __name__ == "__main__":
    main()
