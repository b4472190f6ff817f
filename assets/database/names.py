"""names.py FILE...: indexes, constraints and sequences that the SQL of a release makes, one name a line, as PostgreSQL has it."""

import re
import sys
from pathlib import Path

LONGEST = 63
MADE = re.compile(
    r"\b(?:create\s+(?:unique\s+)?(?:index|sequence)(?:\s+concurrently)?(?:\s+if\s+not\s+exists)?|add\s+constraint)\s+"
    r'(?:"?public"?\.)?"?(\w+)',
    re.IGNORECASE,
)

texts = [Path(name).read_text(encoding="utf-8") for name in sys.argv[1:]]
sql = re.sub(r"--[^\n]*|/\*.*?\*/", " ", "\n".join(texts), flags=re.DOTALL)
print("\n".join(sorted({name[1].lower()[:LONGEST] for name in MADE.finditer(sql)})))
