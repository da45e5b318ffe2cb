"""Makes compact JSON of a YAML file, as the numbers of its bytes, for a C++ array:
    description_bytes.py IN.yaml OUT.inc
"""

import json
import sys

import yaml


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as source:
        document = yaml.safe_load(source)
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    with open(sys.argv[2], "w", encoding="ascii") as out:
        for begin in range(0, len(text), 30):
            out.write(",".join(str(byte) for byte in text[begin : begin + 30].encode("ascii")) + ",\n")


if __name__ == "__main__":
    main()
