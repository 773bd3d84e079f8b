"""Compares edited pictures with their originals outside the mask, as Pillow decodes them.

Usage: python3 compare.py FOLDER, with NUMBER-X-Y-original.png, -mask.png and -result.png in it:
X, Y = where the original lies in the result; the mask is of the result's size, white = edited.
"""

import collections
import pathlib
import sys

import numpy as np
from PIL import Image


def levels(image: Image.Image, mode: str) -> np.ndarray:
    """8 bits a sample; Pillow itself keeps the upper 8 of 16-bit colour."""
    if image.mode.startswith("I"):
        grey = (np.asarray(image).astype(np.int64) >> 8).astype(np.uint8)
        image = Image.fromarray(grey)
    return np.asarray(image.convert(mode))


def main() -> int:
    folder = pathlib.Path(sys.argv[1])
    modes: collections.Counter = collections.Counter()
    outside = inside = wrong = 0
    for path in sorted(folder.glob("*-original.png")):
        number, x, y, _ = path.name.split("-")
        stem = f"{number}-{x}-{y}-"
        result = Image.open(folder / f"{stem}result.png")
        original = Image.open(path)
        modes[original.mode] += 1
        before, after = levels(original, result.mode), levels(result, result.mode)
        edited = np.asarray(Image.open(folder / f"{stem}mask.png")) != 0
        if after.shape[:2] != edited.shape:
            print(f"{path.name}: the result is {after.shape}, its mask {edited.shape}")
            wrong += 1
            continue
        rows, columns = slice(int(y), int(y) + len(before)), slice(int(x), int(x) + len(before[0]))
        differs = (before != after[rows, columns]).any(-1)
        kept = ~edited[rows, columns]
        outside += int(kept.sum())
        inside += int((differs & ~kept).sum())
        if (differs & kept).any():
            print(f"{path.name}: {int((differs & kept).sum())} pixels outside the mask changed")
            wrong += 1
    total = sum(modes.values())
    print(f"{total} pictures {dict(modes)}: {outside} pixels outside the mask, {inside} edited, "
          f"{wrong} pictures wrong")
    return 1 if wrong or total == 0 or inside == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
