"""The report of a stack: one page that shows what it is, made of its JSON alone."""
