"""Numbers that are the same wherever numpy is: random weights of a state dict, and random inputs.

Imports nothing of Foresay's, so that the golden file's script takes it too.
"""

import zlib

import numpy as np


def normal(seed: int, name: str, shape: tuple[int, ...]) -> np.ndarray:
    """(shape) float32, standard normal, of its own for each name."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())]).standard_normal(shape).astype(np.float32)


def weight(seed: int, name: str, shape: tuple[int, ...]) -> np.ndarray:
    """A weight of a size that keeps a small model's numbers near one; scales and gains are above zero."""
    values = normal(seed, name, shape)
    if name.endswith("scale"):
        return np.exp(0.3 * values)
    if "norm" in name and name.endswith("weight"):
        return 1 + 0.2 * values
    return (values / np.sqrt(shape[-1]) if len(shape) > 1 else 0.2 * values).astype(np.float32)
