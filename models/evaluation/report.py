"""The figures as tables for a reader."""

from __future__ import annotations

from typing import Any

LCM_COLUMNS = {
    "contrastiveAccuracy": "CA",
    "contrastiveAccuracyInText": "CA, own text",
    "rankAmongFollowing": "rank of 16",
    "firstAmongFollowing": "first of 16",
    "rankAmongOthers": "rank of 65",
    "firstAmongOthers": "first of 65",
    "l2": "l2",
    "par": "PAR",
}
SUMMARY_COLUMNS = {
    "rouge1": "R-1",
    "rouge2": "R-2",
    "rougeL": "R-L",
    "wordRatio": "words",
    "ovl3Words": "OVL-3",
    "ovl3Characters": "OVL-3 char",
    "rep4Words": "REP-4",
    "rep4Characters": "REP-4 char",
    "copied3Words": "copied",
}
ENCODINGS = ("clean", "noised", "cleanWithContext", "noisedWithContext")


def table(figures: dict[str, Any]) -> str:
    """All figures, with standard errors where they are means."""
    lcm, decoder, summaries = figures["lcm"], figures["decoder"], figures["summaries"]
    parts = [
        f"{figures['bundle']['name']} {figures['bundle']['version']} on {figures['corpus']['file']}, "
        f"{figures['corpus']['documents']} documents, seed {figures['seed']}",
        encoder_line(figures["encoder"]),
        f"LCM, {lcm['n']} sentences with at least {lcm['leastContext']} before them",
        *(f"  {name}: {said}" for name, said in lcm["distractors"].items()),
        systems(lcm["systems"], LCM_COLUMNS),
        *(
            f"  {name}: " + ", ".join(f"{key} {value}" for key, value in about.items())
            for name, about in lcm["checkpoints"].items()
        ),
        "l2 after round trip (worded behind the text before it, and encoded again)",
        grid([["", "l2", "n"], *([name, shown(m), str(m["n"])] for name, m in lcm["roundTrip"].items())]),
        "LCM by genre: CA, and how many",
        genres(lcm["byGenre"]),
        "Decoder: encode, word, compare",
        encodings(decoder["autoencoding"]),
        f"Decoder: likelihood of the true sentence behind its context, {decoder['likelihood']['n']} sentences",
        likelihoods(decoder["likelihood"]),
        f"Summaries of {summaries['n']} documents; lcm is what the server shows, lcmWordings unchecked",
        systems(summaries["systems"], SUMMARY_COLUMNS) if summaries["n"] else "  no document has an abstract",
        f"  wordings that stood up to the checks: {shown(summaries['wordingsBorneOut'])} "
        f"of {summaries['wordingsBorneOut']['n']}",
        "Seconds: " + ", ".join(f"{part} {spent:.0f}" for part, spent in figures["seconds"].items()),
    ]
    return "\n".join(parts)


def encoder_line(encoder: dict[str, Any]) -> str:
    if encoder["spearman"] is None:
        return f"Encoder: not compared with float32 ({encoder['reason']})"
    return (
        f"Encoder: Spearman {encoder['spearman']:.4f} of similarities to float32, {encoder['pairs']} pairs; "
        f"in one text {shown(encoder['spearmanInText'])}; same nearest sentence {shown(encoder['sameNearest'])}"
    )


def systems(found: dict[str, dict[str, Any]], columns: dict[str, str]) -> str:
    rows = [["", *columns.values()]]
    rows += [[name, *(shown(measures[key]) for key in columns)] for name, measures in found.items()]
    return grid(rows)


def genres(found: dict[str, dict[str, Any]]) -> str:
    names = list(next(iter(found.values()), {}))
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
    rows = [["", "perplexity", "nats/token", "gain"]]
    for name, figure in found.items():
        if isinstance(figure, dict):
            numbers = [f"{figure['perplexity']:.2f}", f"{figure['natsPerToken']:.3f}", shown(figure["gain"])]
            rows.append([name, *numbers])
    return grid(rows)


def shown(mean: dict[str, Any]) -> str:
    if mean["mean"] is None:
        return "-"
    digits = 2 if abs(mean["mean"]) >= 2 else 3
    error = "" if mean["se"] is None else f" ±{mean['se']:.{digits}f}"
    return f"{mean['mean']:.{digits}f}{error}"


def grid(rows: list[list[str]]) -> str:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        numbers = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  " + "  ".join([row[0].ljust(widths[0]), *numbers]))
    return "\n".join(lines)
