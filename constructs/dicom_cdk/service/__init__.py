"""The DICOM service as constructs: one per room, wired in `stack`; `rooms` are built of `parts`."""
