"""What is wrong with a checkpoint from outside, said to whoever converts it."""

from __future__ import annotations


class CheckpointError(Exception):
    """The message names the file or field, what was found, what was expected, and what to do where that helps."""
