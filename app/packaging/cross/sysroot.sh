#!/usr/bin/env bash
# Makes a folder with Debian's libraries for another architecture, to compile and link against: what the named packages
# need, unpacked. apt keeps its books beside it, so nothing of this machine's own packages changes, and no rights are needed.
#     sysroot.sh ARCHITECTURE FOLDER PACKAGE…
set -euo pipefail

architecture=$1 folder=$2
shift 2
books=$folder.apt

# For the architecture alone, as on a machine where nothing is installed yet; from this machine's sources.
apt=(apt-get -qq --yes --no-install-recommends -o "Dir::State::Lists=$books/lists" -o "Dir::State::status=$books/status"
    -o "Dir::Cache=$books" -o "Dir::Cache::archives=$books/archives" -o "APT::Architecture=$architecture"
    -o "APT::Architectures::=$architecture" -o APT::Sandbox::User=root -o Debug::NoLocking=1)

rm -rf "$folder" "$books" "$folder.new"
mkdir -p "$books/lists/partial" "$books/archives/partial" "$folder.new"
: > "$books/status"
# Where one of several sources fails, the others may do: what is missing is told by the next command.
"${apt[@]}" update || echo "sysroot: going on with the package lists that there are" >&2
"${apt[@]}" --download-only install "$@"
for package in "$books"/archives/*.deb; do dpkg-deb --extract "$package" "$folder.new"; done
rm -rf "$books"
mv "$folder.new" "$folder"  # whole or absent
