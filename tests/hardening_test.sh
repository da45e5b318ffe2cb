#!/usr/bin/env bash
# Shows that hardening.sh can fail: builds a program in the old ways, and in the new ones, and asks about both.
#     hardening_test.sh FOLDER COMPILER
set -euo pipefail

folder=${1:?usage: hardening_test.sh FOLDER COMPILER}
compiler=${2:?usage: hardening_test.sh FOLDER COMPILER}
check=$(dirname "${BASH_SOURCE[0]}")/hardening.sh

rm -rf "$folder"
mkdir -p "$folder"
cat > "$folder/program.cpp" << 'END'
#include <cstdio>
#include <cstring>
int main(int argc, char** argv) {
    char text[100000];
    std::strcpy(text, argv[argc - 1]);
    std::puts(text);
}
END

"$compiler" -O2 -fno-stack-protector -U_FORTIFY_SOURCE -fno-stack-clash-protection -no-pie \
    -Wl,-z,norelro,-z,lazy,-z,execstack "$folder/program.cpp" -o "$folder/bare"
if said=$(bash "$check" "$folder/bare" shipped); then
    echo 'a bare program passes'
    exit 1
fi
lacks=('position-independent' 'no read-only relocations' 'binds symbols late' 'not to be executed' 'no stack protector'
    'no fortified calls')
if [[ $("$compiler" -dumpmachine) == x86_64* ]]; then lacks+=('jumps over pages of its stack' 'does not mark what may be jumped to'); fi
for each in "${lacks[@]}"; do
    if [[ $said != *"$each"* ]]; then
        printf 'not said of a bare program: %s\nbut:\n%s\n' "$each" "$said"
        exit 1
    fi
done

# One thing at a time: a program that lacks this alone is told this alone.
"$compiler" -O2 -fPIE -pie -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-clash-protection \
    -Wl,-z,relro,-z,lazy,-z,noexecstack "$folder/program.cpp" -o "$folder/lazy"
said=$(bash "$check" "$folder/lazy" shipped | grep -v 'what may be jumped to' || true)  # it is too small for so many marks
if [[ $said != *'binds symbols late'* || $said == *$'\n'* ]]; then
    printf 'of a program that binds late: %s\n' "$said"
    exit 1
fi
