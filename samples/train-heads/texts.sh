#!/usr/bin/env bash
# Fetches English texts from package archives: those to train on and, apart from them, those to evaluate on.
#
#   samples/train-heads/texts.sh [DIRECTORY]
#
# DIRECTORY (default ${XDG_CACHE_HOME:-~/.cache}/locret/texts) gets train/ and eval/; what is there is not fetched again.
#
#   train/  Jane Austen's six novels (public domain, Debian's r-cran-janeaustenr); The Debian Administrator's Handbook,
#           Debian Reference, Debian Developer's Reference, Debian FAQ (free licences, see each package)
#   eval/   Alice's Adventures in Wonderland and the Library of Congress's Workshop on Electronic Texts (public domain,
#           test data of the PyPI package brotli)
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
texts=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/locret/texts}
mkdir -p "$texts/train" "$texts/eval"

for tool in python3 apt-get dpkg-deb; do
    command -v "$tool" >/dev/null || { echo "needed and not found: $tool (these texts come from Debian's and PyPI's archives)" >&2; exit 1; }
done

eval_text() {
    [[ -f $texts/eval/$1 ]] || python3 "$here/../ask-a-book/fetch.py" source brotli==1.2.1 "brotli-1.2.1/tests/testdata/$1" "$2" "$texts/eval/$1"
}
eval_text alice29.txt 7467306ee0feed4971260f3c87421154a05be571d944e9cb021a5713700c38f0
eval_text lcet10.txt 5314ba1dbb03f471df88bec6cd120a938ef60d0fd3511c5c1dce61bf7463245f

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unpack() {
    (cd "$work" && chmod 755 . && apt-get download -qq "$1" && dpkg-deb -x "$1"_*.deb "$1")
}

if [[ ! -f $texts/train/austen-1.txt ]]; then
    unpack r-cran-janeaustenr
    python3 "$here/austen.py" "$work/r-cran-janeaustenr/usr/lib/R/site-library/janeaustenr/data/Rdata.rdb" "$texts/train"
fi
for book in debian-handbook debian-reference-en developers-reference debian-faq; do
    if [[ -d $texts/train/$book ]]; then continue; fi
    unpack "$book"
    mkdir "$work/$book.html"
    find "$work/$book/usr/share" -name '*.html' -type f -size +8k \
        \( -path '*/en-US/*' -o -path '*.en.html' -o -path '*/developers-reference/*.html' \) \
        ! -path '*/_*' ! -name 'index*' ! -name 'genindex*' ! -name 'developers-reference.html' ! -name 'search*' \
        -exec cp {} "$work/$book.html" \;
    mv "$work/$book.html" "$texts/train/$book"
done
echo "$texts"
