"""`make bench`: prints one table of ratios; --write keeps it in docs/benchmarks.md. Figures come from the modules bench_*."""

import argparse
import importlib
import pkgutil
from pathlib import Path

import benchmarks
from benchmarks.measure import HEADER, Ratio

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    there = sorted(each.name for each in pkgutil.iter_modules(benchmarks.__path__) if each.name.startswith("bench_"))
    subjects = [name.removeprefix("bench_") for name in there]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("subject", nargs="*", help=f"measured alone: {', '.join(subjects)}; default: all")
    parser.add_argument("--write", action="store_true", help="keep the table of all in docs/benchmarks.md")
    asked = parser.parse_args()
    if wrong := sorted({*asked.subject} - {*subjects}):
        parser.error(f"no benchmark {', '.join(wrong)}; allowed: {', '.join(subjects)}")
    if asked.write and asked.subject:
        parser.error("--write keeps the whole table: name no benchmark with it")
    lines = [HEADER]
    print(HEADER)
    for subject in asked.subject or subjects:
        for ratio in importlib.import_module(f"benchmarks.bench_{subject}").ratios():
            assert isinstance(ratio, Ratio)
            lines.append(ratio.line)
            print(ratio.line, flush=True)
    if asked.write:
        target = ROOT / "docs" / "benchmarks.md"
        head = target.read_text().split("\n| ratio |")[0].rstrip("\n")
        target.write_text(head + "\n\n" + "\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
