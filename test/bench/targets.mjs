/** What Foresay is meant to reach on two cores, beside what was measured. */

/**
 * The figures that have a target: what, the figure, its target, and whether it is met. `lengths`: of measureLengths;
 * `results`: of the document of 5,000 sentences. What was not measured is left out.
 */
export function targetsOf({ lengths, results }) {
  const each = Object.values(lengths);
  const byWords = Object.entries(lengths).sort(([a], [b]) => Number(a) - Number(b));
  const [shortest, longest] = [byWords[0], byWords.at(-1)];
  const rows = [];
  const add = (what, figure, target, unit) => {
    if (figure === undefined) return;
    rows.push({ what, figure, target, unit, met: figure <= target });
  };
  if (shortest && longest) {
    add(
      'first suggestion, slowest median of all lengths',
      Math.max(...each.map((of) => of.fromRequest.median)),
      300,
      'ms',
    );
    add('first suggestion, slowest p95 of all lengths', Math.max(...each.map((of) => of.fromRequest.p95)), 600, 'ms');
    const growth = longest[1].fromRequest.median / shortest[1].fromRequest.median;
    add(`first suggestion, ${longest[0]} words for ${shortest[0]}`, growth, 1.2, '×');
    add(`memory, ${longest[0]} words open`, longest[1].residentMB, 700, 'MB');
    // The kernel counts in hundredths of a second: one of them in ten seconds may be anybody's.
    add(`idle processor, ${longest[0]} words open`, Math.round(longest[1].idlePercent), 0, '%');
  }
  add('keystroke to indexed', results.keystrokeIndexed?.median, 50, 'ms');
  add('longest task of the main thread', results.longestTask?.median, 8, 'ms');
  return rows;
}
