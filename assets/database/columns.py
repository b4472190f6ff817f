"""columns.py FILE: what the SQL of a release makes, one `table.column` a line, in lower case; exit 1 when it makes no table."""

import re
import sys
from pathlib import Path

# What begins a line of a table and is no column.
CONSTRAINTS = {"primary", "unique", "constraint", "foreign", "check", "exclude", "like"}
TABLE = re.compile(r'\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?(?:"?public"?\.)?"?(\w+)"?\s*\(', re.IGNORECASE)


def parts(text: str) -> list[str]:
    """The comma-separated parts of a table's body, up to the bracket that ends it."""
    depth, found = 0, [""]
    for letter in text:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth < 0:
            break
        if letter == "," and depth == 0:
            found.append("")
        else:
            found[-1] += letter
    return [part.strip() for part in found if part.strip()]


sql = re.sub(r"--[^\n]*|/\*.*?\*/", " ", Path(sys.argv[1]).read_text(encoding="utf-8"), flags=re.DOTALL)
columns = set()
for table in TABLE.finditer(sql):
    for part in parts(sql[table.end() :]):
        name = part.split()[0].strip('"').lower()
        if name not in CONSTRAINTS:
            columns.add(f"{table[1].lower()}.{name}")
print("\n".join(sorted(columns)), end="")
sys.exit(not columns)
