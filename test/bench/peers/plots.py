"""Draws what `npm run bench` and `npm run bench:peers` printed with `--json`, as SVG. Arguments: files, a folder."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot as plt  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402

TITLES = {
    "append": "after a sentence was added at the end",
    "typed": "after a sentence was typed there",
    "edit": "after an edit in the middle",
    "open": "after opening the document",
}
LABELS = {"foresay": "Foresay", "naive": "Foresay without its caches"}


def latency(documents: dict[str, Any], target: Path) -> None:
    """Milliseconds until the next sentence against the document's length, one panel for each kind of change."""
    figure, panels = plt.subplots(1, 4, figsize=(13, 3.6), sharey=True, layout="constrained")
    words = [int(length) for length in documents]
    for panel, (kind, title) in zip(panels, TITLES.items(), strict=True):
        for i, name in enumerate(next(iter(documents.values()))):
            measured = [length for length in words if kind in documents[str(length)].get(name, {})]
            if not measured:
                continue
            figures = [documents[str(length)][name][kind]["ms"] for length in measured]
            median = [figure["median"] for figure in figures]
            below = [figure["median"] - figure["min"] for figure in figures]
            above = [figure["max"] - figure["median"] for figure in figures]
            look = {"color": f"C{i}", "marker": "o", "markersize": 4, "capsize": 3}
            panel.errorbar(measured, median, [below, above], label=LABELS.get(name, name), **look)
        panel.set(xscale="log", yscale="log", xlabel="words in the document", title=title)
        panel.grid(alpha=0.3)
    panels[0].set_ylabel("ms until the next sentence")
    panels[0].legend(fontsize="small")
    figure.savefig(target, metadata={"Date": None})


def memory(documents: dict[str, Any], target: Path) -> None:
    figure, panel = plt.subplots(figsize=(5, 3.4), layout="constrained")
    words = [int(length) for length in documents]
    for name in next(iter(documents.values())):
        measured = [length for length in words if name in documents[str(length)]]
        values = [documents[str(length)][name]["residentMB"] for length in measured]
        panel.plot(measured, values, marker="o", markersize=4, label=LABELS.get(name, name))
    panel.set(ylabel="resident memory, MB")
    save_by_length(figure, panel, target)


def first_suggestion(lengths: dict[str, Any], target: Path) -> None:
    """Milliseconds from the editor's request, half a tenth of a second behind the full stop, with the targets."""
    figure, panel = plt.subplots(figsize=(5, 3.4), layout="constrained")
    words = [int(length) for length in lengths]
    for name, goal, color in (("median", 300, "C0"), ("p95", 600, "C1")):
        values = [lengths[str(length)]["fromRequest"][name] for length in words]
        panel.plot(words, values, marker="o", markersize=4, color=color, label=name)
        panel.axhline(goal, color=color, linestyle=":", label=f"target of the {name}")
    panel.set(ylabel="ms until the first suggestion")
    save_by_length(figure, panel, target)


def save_by_length(figure: Figure, panel: Axes, target: Path) -> None:
    """What grows from zero with the document's length, on one panel."""
    panel.set(xscale="log", xlabel="words in the document", ylim=(0, None))
    panel.grid(alpha=0.3)
    panel.legend(fontsize="small")
    figure.savefig(target, metadata={"Date": None})


def stages(taken: dict[str, Any], target: Path) -> None:
    """One bar: the medians of a suggestion's stages, one behind the other."""
    figure, panel = plt.subplots(figsize=(8, 1.9), layout="constrained")
    left = 0.0
    for stage, spread in taken.items():
        if stage == "all":
            continue
        panel.barh([0], [spread["median"]], left=left, label=f"{stage}, {spread['median']:.0f} ms")
        left += spread["median"]
    panel.set(xlabel="ms", yticks=[])
    figure.legend(*panel.get_legend_handles_labels(), loc="outside upper center", ncols=4, fontsize="small")
    figure.savefig(target, metadata={"Date": None})


DRAWN: dict[str, list[tuple[Callable[[dict[str, Any], Path], None], str]]] = {
    "documents": [(latency, "latency.svg"), (memory, "memory.svg")],
    "lengths": [(first_suggestion, "first-suggestion.svg")],
    "stages": [(stages, "stages.svg")],
}


def main() -> None:
    *files, folder = (Path(argument) for argument in sys.argv[1:])
    # Without a date and with the same ids, so that the same results give the same file.
    plt.rcParams.update({"svg.hashsalt": "foresay", "svg.fonttype": "none"})
    for file in files:
        results = json.loads(file.read_text())
        for part, plots in DRAWN.items():
            for draw, name in plots if results.get(part) else []:
                draw(results[part], folder / name)


if __name__ == "__main__":
    main()
