/** Comments in a document by which its writer asks not to be told: `foresay:ignore` and `foresay:ignore-file`. */
import { markupOf } from '../../base/markup.ts';
import type { DocumentSnapshot, SentenceSpan } from '../../text/snapshot.ts';
import { type CheckName, checkNames, type Finding } from './finding.ts';

const mark = 'foresay:ignore';
/** `foresay:ignore repeats, drift`; without a name it holds for every check. */
const directive = /foresay:ignore(-file)?(?![\w-])([^\S\n]+[a-z][a-z, \t]*)?/y;

/** What is not to be told of a document. */
export interface Ignores {
  covers(check: CheckName, sentence: SentenceSpan): boolean;
}

/** What a finding is called in `foresay.diagnostics.ignore`: its check, and the hash of its sentence. */
export function ignoreKey({ check, sentence }: Finding): string {
  return `${check} ${sentence.id}`;
}

/** The lines of a comment that asks for silence; `undefined` where the language has no comments. */
export function ignoreComment(languageId: string, check: CheckName, scope: 'here' | 'file'): string | undefined {
  const { comment } = markupOf(languageId);
  if (!comment) return undefined;
  // A comment that goes on by indentation ends with an empty line only.
  const end = comment.close === '' && comment.next.trim() === '' ? '\n' : comment.close;
  return `${comment.open}${mark}${scope === 'file' ? '-file' : ''} ${check}${end}`;
}

/** What the document's comments ask for: in front of a paragraph or in it, for that paragraph; `-file`, for all. */
export function ignoresIn({ text, languageId, paragraphs }: DocumentSnapshot): Ignores {
  const { comment } = markupOf(languageId);
  const inFile = new Set<CheckName>();
  const inParagraph = new Map<number, Set<CheckName>>();
  for (let at = text.indexOf(mark); comment && at >= 0; at = text.indexOf(mark, at + mark.length)) {
    if (
      !text
        .slice(text.lastIndexOf('\n', at) + 1, at)
        .trimEnd()
        .endsWith(comment.open.trim())
    )
      continue;
    directive.lastIndex = at;
    const found = directive.exec(text);
    if (!found) continue;
    const [, file, names = ''] = found;
    const named = checkNames.filter((name) => names.split(/[\s,]+/u).includes(name));
    const index = paragraphs.findIndex(({ end }) => end > at);
    const ignored = file === undefined ? (inParagraph.get(index) ?? new Set()) : inFile;
    if (file === undefined) inParagraph.set(index, ignored);
    for (const name of names.trim() === '' ? checkNames : named) ignored.add(name);
  }
  return {
    covers: (check, { paragraph }) => inFile.has(check) || inParagraph.get(paragraph)?.has(check) === true,
  };
}
