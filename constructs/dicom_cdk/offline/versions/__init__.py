"""Several releases of aliyun/alicloud side by side: the one that all facts are of, and others as differences from it.

Rooms: `difference` (the form of a difference), `store` (facts of a release), `choice` (the release that a stack's constraint
means), `news` (what is new from one release to another) and `reading_list` (the functions in it that somebody has to read).
"""
