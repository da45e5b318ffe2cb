"""Holds docs/openapi.yaml against the sources, and against what the tests have seen:
    check.py document ROOT VERSION
    check.py exchanges ROOT FOLDER [--without PATH]...
FOLDER is what PUSHERD_EXCHANGES named (tests/support/exchange_recorder.hpp); PATH is one that the build leaves out.
Prints each fault, and ends with 1 if there is one, or if nothing was seen of an operation."""

import argparse
import pathlib
import sys

import description
import document_check
import exchange_check

MOST_FAULTS = 40


def check_document(root: pathlib.Path, version: str) -> list[str]:
    document = description.read(root / "docs/openapi.yaml")
    faults = document_check.faults_of(document, root, version)
    if not faults:
        paths, operations = len(document["paths"]), len(description.Description(document).operations)
        print(f"{operations} operations of {paths} paths are described, as net/api has them")
    return faults


def check_exchanges(root: pathlib.Path, folder: pathlib.Path, left_out: set[str]) -> list[str]:
    judge = exchange_check.Judge(description.Description(description.read(root / "docs/openapi.yaml")))
    files = sorted(folder.glob("*.ndjson"))
    for file in files:
        judge.look_at(exchange_check.read_exchanges(file))
    print_coverage(judge, len(files))
    faults = [f"{text} ({count} times)\n    {show(one)}" for text, (count, one) in judge.faults.items()]
    if judge.exchanges == 0:
        faults.append(f"nothing was written down in {folder}")
    return faults + [f"{name}: was never seen" for name in judge.never_seen(left_out)]


def print_coverage(judge: exchange_check.Judge, files: int) -> None:
    described = {(each.name, int(status)) for each in judge.description.operations for status in each.statuses}
    seen = described & judge.seen.keys()
    print(f"{judge.exchanges} exchanges of {files} processes, {judge.unreadable} of them with a request that is none")
    print(f"{len(seen)} of the {len(described)} answers described (operation and status) were seen:")
    for operation in judge.description.operations:
        counts = [(status, judge.seen[operation.name, int(status)]) for status in operation.statuses]
        print(f"  {operation.name}:", ", ".join(f"{status} {count or 'never'}" for status, count in counts))


def show(exchange: dict) -> str:
    parts = [exchange.get("method", "(unreadable)"), exchange.get("target", ""), exchange.get("body", "")]
    request = " ".join(part[:300] for part in parts).rstrip()
    return f"{request} -> {exchange['status']} {exchange['fields']} {exchange['answer'][:300]}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    document = verbs.add_parser("document")
    document.add_argument("root", type=pathlib.Path)
    document.add_argument("version")
    exchanges = verbs.add_parser("exchanges")
    exchanges.add_argument("root", type=pathlib.Path)
    exchanges.add_argument("folder", type=pathlib.Path)
    exchanges.add_argument("--without", action="append", default=[])
    given = parser.parse_args()
    sys.stdout.reconfigure(errors="backslashreplace")
    if given.verb == "document":
        faults = check_document(given.root, given.version)
    else:
        faults = check_exchanges(given.root, given.folder, set(given.without))
    for fault in faults[:MOST_FAULTS]:
        print(fault)
    if faults:
        print(f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
