/**
 * The concept report as text in the language `foresay-report` (syntaxes/report.tmLanguage.json): headings, and below
 * them entries that begin with the place they are about, `L12` for line 12, whatever language the words are in.
 */
import { t } from '../base/l10n.ts';
import type { ReportSection } from '../service/index.ts';

/** Columns before what an entry says: its indentation, and a place as wide as `L12345`. */
const [indentation, placeWidth] = [4, 8];

/** `lineOf` gives the 1-based line of an offset in the document that is called `name`. */
export function reportText(
  name: string,
  sections: readonly ReportSection[],
  lineOf: (offset: number) => number,
): string {
  const count = (of: (section: ReportSection) => number): number => sections.reduce((sum, each) => sum + of(each), 0);
  const lines = [
    `# ${name}`,
    '',
    [
      sentenceCount(count(({ sentences }) => sentences)),
      t('sections: {0}', sections.length),
      t(
        'topics: {0}',
        count(({ topics }) => topics.length),
      ),
      t(
        'jumps: {0}',
        count(({ jumps }) => jumps.length),
      ),
      t(
        'repeated ideas: {0}',
        count(({ repeats }) => repeats.length),
      ),
    ].join(', '),
    t('Similarity in meaning: 1.00 is the same, 0.00 is unrelated.'),
    t('New: how far a topic is from the nearest one before it.'),
  ];
  for (const section of sections) lines.push('', ...sectionLines(section));
  return `${lines.join('\n')}\n`;

  function sectionLines({ section, sentences, topics, jumps, repeats, summary }: ReportSection): string[] {
    const title = section.heading || t('Before the first heading');
    return [
      `## ${title}  L${lineOf(section.start)}`,
      `  ${sentenceCount(sentences)}`,
      ...part(
        t('What it is about'),
        topics.flatMap(({ key, sentences, coherence, novelty }) => [
          entry(key.start, quoted(key.text)),
          below(
            [
              sentenceCount(sentences),
              ...(sentences > 1 ? [t('holds together {0}', figure(coherence))] : []),
              ...(novelty === null ? [] : [t('new {0}', figure(novelty))]),
            ].join(', '),
          ),
        ]),
      ),
      ...part(
        t('Where it jumps'),
        jumps.map(({ sentence, similarity }) =>
          entry(sentence.start, `${figure(similarity)} ${quoted(sentence.text)}`),
        ),
      ),
      ...part(
        t('What has been said before'),
        repeats.flatMap(({ sentence, earlier, similarity }) => [
          entry(sentence.start, `${figure(similarity)} ${quoted(sentence.text)}`),
          entry(earlier.start, quoted(earlier.text), '='),
        ]),
      ),
      ...part(
        t('What a summary would say'),
        summary.map(({ start, text }) => entry(start, quoted(text))),
      ),
    ];
  }

  function entry(offset: number, text: string, mark = ' '): string {
    return `${mark.padStart(indentation - 1)} ${`L${lineOf(offset)}`.padEnd(placeWidth)}${text}`;
  }
}

/** More about the entry before. */
function below(text: string): string {
  return `${' '.repeat(indentation + placeWidth)}${text}`;
}

function part(title: string, entries: readonly string[]): string[] {
  return entries.length > 0 ? ['', `  ${title}`, ...entries] : [];
}

function sentenceCount(count: number): string {
  return count === 1 ? t('1 sentence') : t('{0} sentences', count);
}

function figure(similarity: number): string {
  return similarity.toFixed(2);
}

function quoted(text: string): string {
  return `“${text}”`;
}
