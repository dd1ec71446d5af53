"""The figures as tables for a reader."""

from __future__ import annotations

import re
from textwrap import fill
from typing import Any

SYSTEM_COLUMNS = {
    "l2": "l2",
    "l2RoundTrip": "l2-r",
    "par": "PAR",
    "contrastiveAccuracy": "CA",
    "mutualInformation": "MI",
    "ownOrder": "order",
    "acceptability": "SLOR",
    "rougeL": "R-L",
}
RANK_COLUMNS = {
    "contrastiveAccuracyInText": "CA, own text",
    "rankAmongFollowing": "rank of 16",
    "firstAmongFollowing": "first of 16",
    "rankAmongOthers": "rank of 65",
    "firstAmongOthers": "first of 65",
    "otherEncoder": "cosine, 2nd",
    "words": "words",
}
SUMMARY_COLUMNS = {
    "rouge1": "R-1",
    "rouge2": "R-2",
    "rougeL": "R-L",
    "overCentroid": "R-L, over",
    "wordRatio": "words",
    "acceptability": "SLOR",
    "attribution": "attribution",
    "namesFound": "names",
    "mainIdeas": "main ideas",
    "coverage": "coverage",
}
COPY_COLUMNS = {
    "ovl3Words": "OVL-3",
    "ovl3Characters": "OVL-3 char",
    "rep4Words": "REP-4",
    "rep4Characters": "REP-4 char",
    "copied3Words": "copied",
}
ROUGHLY = ("par", "mutualInformation", "acceptability")  # of which two digits are enough
GENRE_SYSTEMS = ("copyLast", "meanOfFour", "corpusMean", "twoTowerExpected", "twoTowerSample")
ENCODINGS = ("clean", "noised", "cleanWithContext", "noisedWithContext")


def table(figures: dict[str, Any]) -> str:
    """All figures, with standard errors where they are means."""
    lcm, decoder, summaries = figures["lcm"], figures["decoder"], figures["summaries"]
    likely = decoder["likelihood"]
    parts = [
        f"{figures['bundle']['name']} {figures['bundle']['version']} on {figures['corpus']['file']}, "
        f"{figures['corpus']['documents']} documents, seed {figures['seed']}",
        fill(encoder_line(figures["encoder"]), 120),
        f"Systems on {lcm['n']} sentences with at least {lcm['leastContext']} before them; on {lcm['worded']} of them, "
        "worded by the bundle's decoder:",
        f"  l2-r, MI, order, SLOR, R-L, words, cosine to the true sentence by a second encoder, {lcm['otherEncoder']}",
        *(f"  {name}: {said}" for name, said in lcm["distractors"].items()),
        f"  MI, SLOR: nats a token by {lcm['judge']}; SLOR is less the tokens' frequencies, and no CoLA",
        *order_lines(lcm["orderClassifier"]),
        "  token models (greedy) by their sentence encoded again, on those with a wording alone",
        systems(lcm["systems"], SYSTEM_COLUMNS),
        *(
            f"  {name}: " + ", ".join(f"{key} {value}" for key, value in about.items())
            for name, about in lcm["checkpoints"].items()
        ),
        "Systems, in their own text and by rank",
        systems(lcm["systems"], RANK_COLUMNS),
        "LCM by genre: CA, and how many",
        genres(lcm["byGenre"]),
        "Decoder: encode, word, compare",
        encodings(decoder["autoencoding"]),
        f"Decoder: likelihood of the true sentence behind its context, {likely['n']} sentences; better: share that is "
        "likelier than by context",
        f"  alone; than whole: share that is likelier than to {lcm['judge']} with all the text before it, up to "
        f"{likely['wholeContext']['window']} tokens",
        f"  ({shown(likely['wholeContext']['natsPerToken'])} nats/token, {likely['wholeContext']['natsPerToken']['n']} "
        "sentences)",
        likelihoods(likely),
        *suggestions(figures["suggestions"]),
        f"Summaries of {summaries['n']} documents; extractive is what the server picks, over: the centroid baseline,",
        "  lcm what it says in its own words; lcmWordings and checkpoints unchecked",
        *(
            f"  {name}: of the first {measures['rouge1']['n']} alone"
            for name, measures in summaries["systems"].items()
            if measures["rouge1"]["n"] < summaries["n"]
        ),
        *(
            [systems(summaries["systems"], SUMMARY_COLUMNS), systems(summaries["systems"], COPY_COLUMNS)]
            if summaries["n"]
            else ["  no document has an abstract"]
        ),
        f"  wordings that stood up to the checks: {shown(summaries['wordingsBorneOut'])} "
        f"of {summaries['wordingsBorneOut']['n']}",
        fill("Seconds: " + ", ".join(f"{part} {spent:.0f}" for part, spent in figures["seconds"].items()), 120),
    ]
    return "\n".join(parts)


def order_lines(accuracy: dict[str, Any] | None) -> list[str]:
    if accuracy is None:
        return ["  order: no classifier of it was given"]
    kinds = ", ".join(f"{name} {compact(share)}" for name, share in accuracy.items() if name != "accuracy")
    return [
        f"  order: how sure a classifier of concept order is, itself right about {compact(accuracy['accuracy'])}:",
        f"    {kinds}",
    ]


def suggestions(found: dict[str, Any]) -> list[str]:
    """Of the bundle alone: what it is asked for in the editor."""
    rows = [["coverage", "score from", "first of 65"]]
    for point in found["riskCoverage"]:
        rows.append([f"{point['coverage']:.2f}", f"{point['leastScore']:.3f}", shown(point["accuracy"])])
    least = found["atMinScore"]
    return [
        f"Suggestions at {found['n']} places, {found['candidates']} plans each: mean distance (1 - cosine) of plans "
        f"{shown(found['distance']['plans'])}, of wordings {shown(found['distance']['wordings'])}",
        f"  shown from the bundle's least score on: {shown(least['coverage'])}, first of 65 {shown(least['accuracy'])}",
        grid(rows),
    ]


def encoder_line(encoder: dict[str, Any]) -> str:
    if encoder["spearman"] is None:
        return f"Encoder: not compared with float32 ({encoder['reason']})"
    return (
        f"Encoder: Spearman {encoder['spearman']:.4f} of similarities to float32, {encoder['pairs']} pairs; "
        f"in one text {shown(encoder['spearmanInText'])}; same nearest sentence {shown(encoder['sameNearest'])}"
    )


def systems(found: dict[str, dict[str, Any]], columns: dict[str, str]) -> str:
    """Rows without any of these measures are left out."""
    rows = [["", *columns.values()]]
    for name, measures in found.items():
        if any(key in measures for key in columns):
            rows.append([name, *(compact(measures[key], key in ROUGHLY) if key in measures else "" for key in columns)])
    return grid(rows)


def genres(found: dict[str, dict[str, Any]]) -> str:
    names = GENRE_SYSTEMS
    rows = [["", *names, "n"]]
    for genre, by_system in found.items():
        measures = [by_system[name]["contrastiveAccuracy"] for name in names]
        rows.append([genre, *map(shown, measures), str(measures[0]["n"])])
    return grid(rows)


def encodings(found: dict[str, Any]) -> str:
    rows = [["", "BLEU", "chrF", "cosine", "n"]]
    for name in ENCODINGS:
        figure = found[name]
        row = [name, f"{figure['bleu']:.2f}", f"{figure['chrf']:.2f}", shown(figure["cosine"]), str(figure["n"])]
        rows.append(row)
    return grid(rows)


def likelihoods(found: dict[str, Any]) -> str:
    rows = [["", "perplexity", "nats/token", "gain", "better", "than whole"]]
    for name, figure in found.items():
        if isinstance(figure, dict) and "perplexity" in figure:
            numbers = [f"{figure['perplexity']:.2f}", f"{figure['natsPerToken']:.3f}"]
            shares = [shown(figure[key]) if key in figure else "" for key in ("gain", "better", "betterThanWhole")]
            rows.append([name, *numbers, *shares])
    return grid(rows)


def shown(mean: dict[str, Any], roughly: bool = False) -> str:
    if mean["mean"] is None:
        return "-"
    digits = 2 if roughly or abs(mean["mean"]) >= 2 else 3
    error = "" if mean["se"] is None else f" ±{mean['se']:.{digits}f}"
    return f"{mean['mean']:.{digits}f}{error}"


def compact(mean: dict[str, Any], roughly: bool = False) -> str:
    """The same without the zero before the point, for wide tables; `roughly`: with two digits behind it."""
    return re.sub(r"(?<!\d)0\.", ".", shown(mean, roughly))


def grid(rows: list[list[str]]) -> str:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        numbers = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  " + "  ".join([row[0].ljust(widths[0]), *numbers]))
    return "\n".join(lines)
