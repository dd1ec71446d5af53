/** The concept hover as Markdown, for editors that show it to the writer. */
import { t } from '../base/l10n.ts';
import { shortened } from '../base/shortened.ts';
import type { FindItem, HoverPart } from '../protocol.ts';
import type { NearSentence, SentenceFacts } from '../service/index.ts';
import { nameOf } from './reports.ts';

/** Longest quotation of a sentence, in UTF-16 units. */
const quotationLength = 90;

/** Less similar sentences of other documents have nothing to do with this one. */
const leastElsewhere = 0.5;

export interface HoverSurroundings {
  readonly uri: string;
  /** The 1-based line of an offset in the document. */
  lineOf(offset: number): number;
  /** What is told. */
  readonly show: readonly HoverPart[];
  /** Similar sentences in other documents, best first. */
  readonly elsewhere: readonly FindItem[];
}

export function hoverMarkdown(facts: SentenceFacts, { uri, lineOf, show, elsewhere }: HoverSurroundings): string {
  const { toPrevious, toSection, novelty, expectedness } = facts;
  const shows = (part: HoverPart): boolean => show.includes(part);
  const lines: string[] = [];
  if (shows('flow') && toPrevious !== null)
    lines.push(t('Similarity to the sentence before: **{0}**', figure(toPrevious)));
  if (shows('section') && toSection !== null)
    lines.push(t('Similarity to the rest of its section: **{0}**', figure(toSection)));
  if (shows('novelty') && novelty !== null)
    lines.push(t('New against all sentences before it: **{0}**', figure(novelty)));
  if (shows('expectedness') && expectedness !== null) lines.push(fitLine(expectedness));
  const blocks = ['**Foresay**', lines.join('  \n')];
  if (shows('nearest') && facts.nearest.length > 0)
    blocks.push([t('Most similar in this document:'), '', ...facts.nearest.map(linkHere)].join('\n'));
  const related = shows('workspace') ? elsewhere.filter(({ similarity }) => similarity >= leastElsewhere) : [];
  if (related.length > 0)
    blocks.push([t('Most similar in other documents:'), '', ...related.map(linkThere)].join('\n'));
  if (facts.indexing) blocks.push(`_${t('Still reading the document: figures may change.')}_`);
  return blocks.filter((block) => block !== '').join('\n\n');

  function linkHere({ span, text, similarity }: NearSentence): string {
    const line = lineOf(span.start);
    return link(uri, line, text, similarity, t('line {0}', line));
  }

  function linkThere({ uri, range, text, similarity }: FindItem): string {
    const line = range.start.line + 1;
    return link(uri, line, text, similarity, t('{0}, line {1}', plain(nameOf(uri)), line));
  }
}

function link(uri: string, line: number, text: string, similarity: number, place: string): string {
  return `- ${figure(similarity)} [${plain(shortened(text, quotationLength))}](${encodedUri(uri)}#L${line}) (${place})`;
}

/** How expected the sentence is, told by the larger share: of the others that would be less, or at least as much so. */
function fitLine(expectedness: number): string {
  return expectedness >= 0.5
    ? t("Fits here better than **{0}** of the document's other sentences would", percent(expectedness))
    : t("**{0}** of the document's other sentences would fit here as well or better", percent(1 - expectedness));
}

/** Never all of them: of a long document only some were compared. */
function percent(share: number): string {
  const rounded = Math.round(100 * share);
  return rounded === 100 ? t('99 % or more') : t('{0} %', rounded);
}

function figure(similarity: number): string {
  return similarity.toFixed(2);
}

/** The text as plain words: nothing in it may act as Markdown. */
function plain(text: string): string {
  return text.replace(/[\\`*_{}[\]()<>#+!|~$&]/gu, (mark) => `\\${mark}`);
}

function encodedUri(uri: string): string {
  return uri.replace(/[()<>\s]/gu, (mark) => encodeURIComponent(mark).replace('(', '%28').replace(')', '%29'));
}
