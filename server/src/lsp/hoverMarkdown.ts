/** The concept hover as Markdown, for editors that show it to the writer. */
import { t } from '../base/l10n.ts';
import { shortened } from '../base/shortened.ts';
import type { NearSentence, SentenceFacts } from '../service/index.ts';

/** Longest quotation of a sentence, in UTF-16 units. */
const quotationLength = 90;

/** `lineOf` gives the 1-based line of an offset in the document. */
export function hoverMarkdown(facts: SentenceFacts, uri: string, lineOf: (offset: number) => number): string {
  const lines: string[] = [];
  if (facts.toPrevious !== null) lines.push(t('Similarity to the sentence before: **{0}**', figure(facts.toPrevious)));
  if (facts.toSection !== null)
    lines.push(t('Similarity to the rest of its section: **{0}**', figure(facts.toSection)));
  if (facts.expectedness !== null) lines.push(fitLine(facts.expectedness));
  const blocks = ['**Foresay**', lines.join('  \n')];
  if (facts.nearest.length > 0)
    blocks.push([t('Most similar in this document:'), '', ...facts.nearest.map(link)].join('\n'));
  if (facts.indexing) blocks.push(`_${t('Still reading the document: figures may change.')}_`);
  return blocks.filter((block) => block !== '').join('\n\n');

  function link({ span, text, similarity }: NearSentence): string {
    const line = lineOf(span.start);
    return `- ${figure(similarity)} [${quoted(text)}](${encodedUri(uri)}#L${line}) (${t('line {0}', line)})`;
  }
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

/** The text, shortened, as plain words of a link: nothing in it may act as Markdown. */
function quoted(text: string): string {
  return shortened(text, quotationLength).replace(/[\\`*_{}[\]()<>#+!|~$&]/gu, (mark) => `\\${mark}`);
}

function encodedUri(uri: string): string {
  return uri.replace(/[()<>\s]/gu, (mark) => encodeURIComponent(mark).replace('(', '%28').replace(')', '%29'));
}
