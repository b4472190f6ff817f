"""Machines of a rehearsal: hosts as folders, namespaces and disks, what runs on them, and what befalls them."""
