"""Write what spreading costs into docs/ranking.md, from what routing.py measured.

routing.py --topics FILE.jsonl.gz --curve | ranking_table.py [docs/ranking.md]
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

BEGIN, END = "<!-- curve: benchmarks/ranking_table.py -->", "<!-- end of curve -->"
DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "ranking.md"


def table(measured: Mapping[str, object]) -> str:
    """The measured curve as a table."""
    product, curve = measured["product"], measured["curve"]
    if not isinstance(product, dict) or not isinstance(curve, list):
        raise SystemExit("this is not what routing.py --curve prints")
    rows = [[0.0, product["top5_share"], product["ndcg10"]], *curve]
    lines = ["| `spread` | part of top-5 places that went to five members | nDCG@10 | lost |", "|---|---|---|---|"]
    lines += [f"| {value:g} | {share:.3f} | {ndcg:.3f} | {max(product['ndcg10'] - ndcg, 0):.3f} |" for value, share, ndcg in rows]
    return "\n".join(lines)


def put(text: str, made: str) -> str:
    """A document with a table in its place."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"the document has no place for the table: {BEGIN} … {END}")
    return f"{before}{BEGIN}\n\n{made}\n\n{END}{after}"


def main() -> None:
    document = Path(sys.argv[1]) if len(sys.argv) > 1 else DOCUMENT
    measured = json.loads(sys.stdin.read().splitlines()[-1])
    document.write_text(put(document.read_text(encoding="utf-8"), table(measured)), encoding="utf-8")
    print(json.dumps({"written": str(document)}))


if __name__ == "__main__":
    main()
