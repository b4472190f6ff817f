"""Entry point of `cdktf synth` and `python main.py`: all sites of sites/ into cdktf.out/."""

import sys

from dicom_cdk.cli import main

if __name__ == "__main__":
    raise SystemExit(main(["synth", *sys.argv[1:]]))
