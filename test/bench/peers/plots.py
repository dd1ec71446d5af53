"""Draws what `npm run bench:peers -- --json` printed, as SVG. Arguments: the file with it, and a folder."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot as plt  # noqa: E402

TITLES = {
    "append": "after a sentence was added at the end",
    "edit": "after an edit in the middle",
    "open": "after opening the document",
}
LABELS = {"foresay": "Foresay", "naive": "Foresay without its caches"}


def latency(documents: dict[str, Any], target: Path) -> None:
    """Milliseconds until the next sentence against the document's length, one panel for each kind of change."""
    figure, panels = plt.subplots(1, 3, figsize=(11, 3.6), sharey=True, layout="constrained")
    words = [int(length) for length in documents]
    for panel, (kind, title) in zip(panels, TITLES.items(), strict=True):
        for name in next(iter(documents.values())):
            figures = [documents[str(length)][name][kind]["ms"] for length in words]
            median = [figure["median"] for figure in figures]
            below = [figure["median"] - figure["min"] for figure in figures]
            above = [figure["max"] - figure["median"] for figure in figures]
            panel.errorbar(
                words, median, [below, above], marker="o", markersize=4, capsize=3, label=LABELS.get(name, name)
            )
        panel.set(xscale="log", yscale="log", xlabel="words in the document", title=title)
        panel.grid(alpha=0.3)
    panels[0].set_ylabel("ms until the next sentence")
    panels[0].legend(fontsize="small")
    figure.savefig(target)


def memory(documents: dict[str, Any], target: Path) -> None:
    figure, panel = plt.subplots(figsize=(5, 3.4), layout="constrained")
    words = [int(length) for length in documents]
    for name in next(iter(documents.values())):
        values = [documents[str(length)][name]["residentMB"] for length in words]
        panel.plot(words, values, marker="o", markersize=4, label=LABELS.get(name, name))
    panel.set(xscale="log", xlabel="words in the document", ylabel="resident memory, MB", ylim=(0, None))
    panel.grid(alpha=0.3)
    panel.legend(fontsize="small")
    figure.savefig(target)


def main() -> None:
    results, folder = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2])
    # Without a date and with the same ids, so that the same results give the same file.
    plt.rcParams.update({"svg.hashsalt": "foresay", "svg.fonttype": "none"})
    latency(results["documents"], folder / "latency.svg")
    memory(results["documents"], folder / "memory.svg")


if __name__ == "__main__":
    main()
