#!/usr/bin/env bash
# Checks the layer rule, app -> net, persistence -> domain, by what each file includes:
#     layers.sh ROOT
# Prints every line that breaks it as FILE:LINE: and exits 1.
set -euo pipefail

cd "${1:?usage: layers.sh ROOT}"

folders=()
for layer in domain persistence net app; do
    if [[ -d $layer ]]; then folders+=("$layer"); fi
done

files=()
if ((${#folders[@]})); then
    mapfile -t files < <(find "${folders[@]}" -type f \( -name '*.[ch]pp' -o -name '*.[chi]' -o -name '*.ipp' \) | LC_ALL=C sort)
fi
if ((${#files[@]} == 0)); then
    echo "layers: no sources under $PWD" >&2
    exit 1
fi

LC_ALL=C awk '
function fault(why) {
    printf "%s:%d: %s: %s\n", FILENAME, FNR, $0, why
    faults++
}
BEGIN {
    own["domain"]      = "^domain/"
    own["persistence"] = "^(domain|persistence)/"
    own["net"]         = "^(domain|net)/"
    own["app"]         = "^(domain|persistence|net|app)/"

    std     = "^[a-z_0-9]+$"
    posix   = "^([a-z_0-9]+|(sys|linux|net|netinet|arpa)/[a-z_0-9/]+)\\.h$"
    pure    = "^boost/(json|system|url|assert|core|config|throw_exception|static_assert|current_function)[/.]"
    neutral = "^boost/(container|container_hash|endian|intrusive|smart_ptr|unordered)[/.]"

    # What may stand between < and >. LMDB is named apart, because its header looks like one of POSIX.
    foreign["domain"]      = std "|" pure "|^nettle/(sha2|base64)[.]h"
    foreign["persistence"] = std "|" pure "|" neutral "|" posix "|^nettle/"
    foreign["net"]         = std "|^boost/|^openssl/|" posix
    foreign["app"]         = "."
    lmdb["persistence"] = lmdb["app"] = 1
}
/^[ \t]*#[ \t]*include/ {
    layer = FILENAME
    sub(/\/.*/, "", layer)
    name = $0
    sub(/^[ \t]*#[ \t]*include(_next)?[ \t]*/, "", name)
    quote = substr(name, 1, 1)
    name = substr(name, 2)
    sub(/[">].*/, "", name)

    if (name ~ /(^|\/)\.\.?\//)
        fault("write the path from the root of the repository")
    else if (name ~ /^(domain|persistence|net|app|tests|bench)\// && name !~ /^net\/[a-z_0-9]+\.h$/) {
        if (name !~ own[layer]) fault(layer " must not know it")
        else if (quote != "\"") fault("our own headers stand in quotes")
    }
    else if (quote == "\"")
        fault("write the path from the root of the repository, and other libraries in < >")
    else if (quote != "<")
        fault("an include must name its file")
    else if (name == "lmdb.h" && !(layer in lmdb))
        fault("LMDB belongs to persistence")
    else if (name !~ foreign[layer])
        fault(layer " must not know it")
}
END { exit faults > 0 }
' "${files[@]}" >&2
