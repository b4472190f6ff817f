"""The DICOM service as constructs: one per room, wired in `stack`."""
