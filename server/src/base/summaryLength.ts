/** How long a summary may get: counted in sentences or words, or as a share of the text. */

export interface SummaryLength {
  readonly unit: 'sentences' | 'words' | 'percent';
  readonly count: number;
}

/** The most that may be asked for. */
export const longestSummary = { sentences: 30, words: 2000, percent: 50 } as const satisfies Record<
  SummaryLength['unit'],
  number
>;

/** The length that this is, moved into its bounds; `undefined` if it is none. */
export function asSummaryLength(unit: unknown, count: unknown): SummaryLength | undefined {
  if (unit !== 'sentences' && unit !== 'words' && unit !== 'percent') return undefined;
  if (typeof count !== 'number' || !(count >= 1)) return undefined;
  return { unit, count: Math.min(longestSummary[unit], Math.trunc(count)) };
}

/** What a writer may type: "4", "4 sentences", "120 words", "15 %". */
export function parseSummaryLength(typed: string): SummaryLength | undefined {
  const [, digits, unit = ''] = /^\s*(\d{1,6})\s*(%|\p{L}*)\s*$/u.exec(typed) ?? [];
  if (digits === undefined) return undefined;
  const units = { sentences: 'sentences', words: 'words', percent: 'percent' } as const;
  const named = unit === '%' ? 'percent' : Object.values(units).find((each) => each.startsWith(unit.toLowerCase()));
  return named && asSummaryLength(named, Number(digits));
}
