"""`make bench`: prints one table of ratios; --write keeps it in docs/benchmarks.md. Figures come from the modules bench_*."""

import importlib
import pkgutil
import sys
from pathlib import Path

import benchmarks
from benchmarks.measure import HEADER, Ratio

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    lines = [HEADER]
    print(HEADER)
    for module in sorted(each.name for each in pkgutil.iter_modules(benchmarks.__path__)):
        if module.startswith("bench_"):
            for ratio in importlib.import_module(f"benchmarks.{module}").ratios():
                assert isinstance(ratio, Ratio)
                lines.append(ratio.line)
                print(ratio.line, flush=True)
    if "--write" in sys.argv:
        target = ROOT / "docs" / "benchmarks.md"
        head = target.read_text().split("\n| ratio |")[0].rstrip("\n")
        target.write_text(head + "\n\n" + "\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
