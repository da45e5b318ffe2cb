#!/usr/bin/env bash
# Shows that layers.sh finds what it is there to find:
#     layers_test.sh FOLDER          (a scratch folder, emptied first)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scratch=${1:?usage: layers_test.sh FOLDER}
rm -rf "$scratch"
mkdir -p "$scratch"
failures=0

# expect pass|fail LAYER LINE: a tree of one file, whose third line is LINE.
expect() {
    local wanted=$1 layer=$2 line=$3 tree=$scratch/tree got=pass said
    rm -rf "$tree"
    mkdir -p "$tree/$layer/room"
    printf '#pragma once\n\n%s\n' "$line" > "$tree/$layer/room/a.hpp"
    said=$(bash "$here/layers.sh" "$tree" 2>&1) || got=fail
    if [[ $got != "$wanted" ]]; then
        echo "expected $wanted in $layer: $line"
    elif [[ $wanted == fail && $said != "$layer/room/a.hpp:3: "* ]]; then
        echo "the file and the line are not named in $layer: $line: $said"
    else
        return 0
    fi
    failures=$((failures + 1))
}

expect pass domain '#include <string_view>'
expect pass domain '#include <boost/json/value.hpp>'
expect pass domain '#include <boost/url.hpp>'
expect pass domain '#include <boost/system/result.hpp>'
expect pass domain '#include "domain/pusher.hpp"'
expect fail domain '#include "persistence/store.hpp"'
expect fail domain '#include "net/session.hpp"'
expect fail domain '  #  include "app/server.hpp"'
expect fail domain '#include <boost/asio/io_context.hpp>'
expect fail domain '#include <boost/beast.hpp>'
expect fail domain '#include <lmdb.h>'
expect fail domain '#include <unistd.h>'
expect fail domain '#include <sys/socket.h>'
expect fail domain '#include <openssl/ssl.h>'

expect pass persistence '#include <lmdb.h>'
expect pass persistence '#include <nettle/sha2.h>'
expect pass persistence '#include <sys/stat.h>'
expect pass persistence '#include "domain/pusher.hpp"'
expect fail persistence '#include "net/session.hpp"'
expect fail persistence '#include "app/server.hpp"'
expect fail persistence '#include <boost/asio/post.hpp>'
expect fail persistence '#include <CLI/CLI.hpp>'
expect fail persistence '#include <openssl/sha.h>'

expect pass net '#include <boost/asio/awaitable.hpp>'
expect pass net '#include <netinet/tcp.h>'
expect pass net '#include <net/if.h>'
expect pass net '#include <openssl/ssl.h>'
expect pass net '#include "domain/pusher.hpp"'
expect fail net '#include "persistence/store.hpp"'
expect fail net '#include <persistence/store.hpp>'
expect fail net '#include "app/server.hpp"'
expect fail net '#include <lmdb.h>'
expect fail net '#include "lmdb.h"'
expect fail net '#include <CLI/CLI.hpp>'

expect pass app '#include "persistence/store.hpp"'
expect pass app '#include <CLI/CLI.hpp>'
expect fail app '#include "tests/support/temp_directory.hpp"'
expect fail app '#include "../net/session.hpp"'
expect fail app '#include "server.hpp"'
expect fail app '#include HEADER'

rm -rf "$scratch/tree"
mkdir -p "$scratch/tree/domain"
if bash "$here/layers.sh" "$scratch/tree" 2> /dev/null; then
    echo "a tree without sources must not pass"
    failures=$((failures + 1))
fi

rm -rf "$scratch"
exit $((failures > 0))
