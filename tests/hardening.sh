#!/usr/bin/env bash
# Checks how a binary is hardened, by what readelf and objdump show of it:
#     hardening.sh BINARY shipped|small|debug
# Prints what it lacks, a line each, and exits 1. Fortified calls need an optimiser: they are not looked for in debug
# builds. Small ones do without marks of what may be jumped to.
set -euo pipefail

binary=${1:?usage: hardening.sh BINARY shipped|small|debug}
kind=${2:?usage: hardening.sh BINARY shipped|small|debug}
export LC_ALL=C

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
readelf --wide --file-header "$binary" > "$work/header"
readelf --wide --program-headers "$binary" > "$work/segments"
readelf --wide --dynamic "$binary" > "$work/dynamic" || true
readelf --wide --dyn-syms "$binary" > "$work/symbols" || true

faults=0
# expect WHAT FILE PATTERN, refuse WHAT FILE PATTERN
expect() {
    if ! grep -Eq -- "$3" "$work/$2"; then
        echo "$binary: $1"
        faults=$((faults + 1))
    fi
}
refuse() {
    if grep -Eq -- "$3" "$work/$2"; then
        echo "$binary: $1"
        faults=$((faults + 1))
    fi
}

expect 'is not position-independent' header 'Type: +DYN'
expect 'is not position-independent, but a library' dynamic 'FLAGS_1.*PIE'
expect 'has no read-only relocations (RELRO)' segments 'GNU_RELRO'
expect 'binds symbols late: its relocations stay writable (not full RELRO)' dynamic 'FLAGS.*NOW'
expect 'does not say that its stack is not to be executed' segments 'GNU_STACK.* RW '
refuse 'has a segment that can be written and executed' segments 'LOAD.* RWE'
refuse 'relocates its code' dynamic 'TEXTREL'
refuse 'looks for libraries in places of its own' dynamic 'RPATH|RUNPATH'
expect 'has no stack protector' symbols '__stack_chk_fail'
if [[ $kind != debug ]]; then expect 'has no fortified calls (_FORTIFY_SOURCE)' symbols '__(mem|str|read|recv|fd|[a-z]*printf)[a-z]*_chk'; fi

# What has no place in the tables of a file can be seen in its code, where we know what it looks like there.
if grep -q 'Machine:.*X86-64' "$work/header"; then
    objdump --disassemble --no-show-raw-insn "$binary" > "$work/code"
    # shellcheck disable=SC2016 # the dollar is the disassembler's
    expect 'jumps over pages of its stack (-fstack-clash-protection)' code 'or[lq] +\$0x0,(0x[0-9a-f]+)?\(%[re]sp\)'
    if [[ $kind != small ]] && (($(grep -c endbr64 "$work/code" || true) < 100)); then
        echo "$binary: does not mark what may be jumped to (-fcf-protection)"
        faults=$((faults + 1))
    fi
fi
((faults == 0))
