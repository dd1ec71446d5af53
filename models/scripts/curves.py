"""Writes how checkpoints were trained, to keep: arguments, steps, seconds of processor time, loss by step."""

from __future__ import annotations

import argparse
from pathlib import Path

from models.lcm.training import write_curves


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=Path)
    parser.add_argument("checkpoints", type=Path, nargs="+")
    args = parser.parse_args()
    write_curves(args.checkpoints, args.target)


if __name__ == "__main__":
    main()
