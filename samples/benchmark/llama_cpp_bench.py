"""Speed of llama.cpp by PyPI's llama-cpp-python: the same rows as `locret bench --json`.

    python llama_cpp_bench.py MODEL.gguf --prompt-tokens 512,2048 --output-tokens 64 --repeat 3 [--requantize q4_0]

A row is the median of its repeats. --requantize first writes the model in llama.cpp's own fastest type here.
"""

import argparse
import ctypes
import json
import os
import statistics
import tempfile
import time

import llama_cpp


def requantized(model):
    path = os.path.join(tempfile.mkdtemp(), "q4_0.gguf")
    parameters = llama_cpp.llama_model_quantize_default_params()
    parameters.ftype = llama_cpp.LLAMA_FTYPE_MOSTLY_Q4_0
    parameters.allow_requantize = True
    parameters.nthread = 2
    failed = llama_cpp.llama_model_quantize(model.encode(), path.encode(), ctypes.byref(parameters))
    if failed:
        raise SystemExit(f"llama.cpp cannot requantize: code {failed}")
    return path


def measure(llama, prompt, output_tokens):
    llama.reset()
    begin = time.perf_counter()
    llama.eval(prompt)
    read = time.perf_counter()
    for token in prompt[:output_tokens]:
        llama.eval([token])
    done = time.perf_counter()
    return len(prompt) / (read - begin), output_tokens / (done - read)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--prompt-tokens", default="512,2048")
    parser.add_argument("--output-tokens", type=int, default=64)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--requantize", choices=["q4_0"])
    arguments = parser.parse_args()
    model = requantized(arguments.model) if arguments.requantize else arguments.model
    sizes = [int(size) for size in arguments.prompt_tokens.split(",")]
    llama = llama_cpp.Llama(
        model,
        n_ctx=max(sizes) + arguments.output_tokens + 8,
        n_batch=512,
        n_threads=arguments.threads,
        n_threads_batch=arguments.threads,
        verbose=False,
    )
    measure(llama, list(range(100, 400)), 8)
    rows = []
    for size in sizes:
        prompt = [1000 + i * 7919 % 40000 for i in range(size)]
        runs = [measure(llama, prompt, arguments.output_tokens) for _ in range(arguments.repeat)]
        rows.append(
            {
                "promptTokens": size,
                "prefillTokensPerSecond": statistics.median(run[0] for run in runs),
                "decodeTokensPerSecond": statistics.median(run[1] for run in runs),
            }
        )
        print(json.dumps(rows[-1]), flush=True)


if __name__ == "__main__":
    main()
