"""Plots of figures over what was varied: one panel a measure, one line a way."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot as plt  # noqa: E402

Figures = dict[str, dict[str, Any]]  # value of what is varied -> measure -> a Mean as JSON

# The same results give the same file.
plt.rcParams.update({"svg.hashsalt": "foresay", "svg.fonttype": "none"})


def curves(lines: Mapping[str, Figures], titles: Mapping[str, str], label: str, target: Path) -> None:
    """Writes an SVG of those measures of `titles` that the first line has; error bars are standard errors."""
    measures = [name for name in titles if name in next(iter(next(iter(lines.values())).values()))]
    figure, panels = plt.subplots(1, len(measures), figsize=(3.2 * len(measures), 3), layout="constrained")
    for panel, measure in zip(panels, measures, strict=True):
        for name, figures in lines.items():
            means = [each[measure]["mean"] for each in figures.values()]
            errors = [each[measure]["se"] for each in figures.values()]
            # Between names there is nothing to join.
            style = "o-" if next(iter(figures))[0].isdigit() else "o"
            panel.errorbar(list(figures), means, errors, fmt=style, markersize=4, capsize=3, label=name)
        panel.set(xlabel=label, title=titles[measure])
        panel.tick_params(axis="x", labelrotation=30 if max(map(len, next(iter(lines.values())))) > 4 else 0)
        panel.grid(alpha=0.3)
    if len(lines) > 1:
        panels[0].legend(fontsize="small")
    figure.savefig(target, metadata={"Date": None})
    plt.close(figure)
