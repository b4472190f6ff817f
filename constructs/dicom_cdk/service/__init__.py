"""The DICOM service as constructs: one per room, wired in `stack`; `rooms` are built of `parts`."""

from dicom_cdk import node

# Every module of it needs cdktf, which starts a Node of its own choice when it is imported.
node.start()
