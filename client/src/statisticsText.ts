/** The counts of suggestions as a page of Markdown: the sums by language and by day. */
import { t } from '../../server/src/base/l10n.ts';
import type { StatisticsResult, SuggestionCounts } from '../../server/src/protocol.ts';

/** Days listed, newest first. */
const daysListed = 30;

export function statisticsPage({ enabled, days }: StatisticsResult): string {
  const title = `# ${t('What became of suggestions')}`;
  if (!enabled) return `${title}\n\n${t('They are not counted: foresay.statistics.enabled is off.')}\n`;
  const dates = Object.keys(days).sort();
  const [first] = dates;
  if (first === undefined) return `${title}\n\n${t('None has been shown yet.')}\n`;
  const languages = [...new Set(Object.values(days).flatMap((each) => Object.keys(each)))].sort();
  const countsOf = (language: string): SuggestionCounts[] =>
    Object.values(days).flatMap((each) => each[language] ?? []);
  const everything = Object.values(days).flatMap((each) => Object.values(each));
  const listed = dates.reverse().slice(0, daysListed);
  return [
    title,
    t('Since {0}, counted on this machine and kept here. Clearing them is a command.', first),
    `## ${t('By language')}`,
    table(t('language'), [
      ...languages.map((language) => [language, countsOf(language)] as const),
      [t('all'), everything] as const,
    ]),
    `## ${t('By day')}`,
    table(
      t('day'),
      listed.map((date) => [date, Object.values(days[date] ?? {})] as const),
    ),
    '',
  ].join('\n\n');
}

/** A table in columns of one width, so that it can be read as it stands. */
function table(name: string, rows: readonly (readonly [string, readonly SuggestionCounts[]])[]): string {
  const cells = [
    [name, t('shown'), t('accepted whole'), t('in part'), t('dismissed'), t('characters accepted')],
    ...rows.map(([label, counts]) => {
      const sum = (field: keyof SuggestionCounts): number => counts.reduce((total, each) => total + each[field], 0);
      const shown = sum('shown');
      const ofShown = (value: number): string =>
        shown === 0 ? String(value) : `${value} (${Math.round((100 * value) / shown)} %)`;
      const shares = [sum('whole'), sum('part'), sum('dismissed')].map(ofShown);
      return [label, String(shown), ...shares, String(sum('characters'))];
    }),
  ];
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  const [head = [], ...body] = cells;
  return [line(head), rule, ...body.map(line)].join('\n');
}
