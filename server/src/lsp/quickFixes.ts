/** Quick fixes of the diagnostics: a transition, the related place, a repeat taken out, and ways to hear no more of it. */
import { type CodeAction, CodeActionKind, type TextEdit } from 'vscode-languageserver';
import { t } from '../base/l10n.ts';
import { shortened } from '../base/shortened.ts';
import { commands, ignoreInWorkspace } from '../protocol.ts';
import { type CheckName, type Finding, ignoreComment, ignoreKey, type Span } from '../service/index.ts';
import type { Diagnostics, Published } from './diagnostics.ts';
import type { OpenDocument } from './documents.ts';
import { versionedEdit } from './edits.ts';
import { positionOf, rangeOf } from './positions.ts';
import type { Session } from './session.ts';

/** First words of a sentence in the list of what is ignored, in UTF-16 units. */
const noteLength = 60;

/** The fixes of the diagnostics on this stretch of the document. */
export function quickFixes(
  session: Session,
  diagnostics: Diagnostics,
  document: OpenDocument,
  span: Span,
): CodeAction[] {
  return diagnostics.at(document, span).flatMap((published) => fixesOf(session, document, published));
}

function fixesOf(session: Session, document: OpenDocument, { finding, diagnostic }: Published): CodeAction[] {
  const { client, ignoresInWorkspace } = session;
  const { uri, text, snapshot } = document;
  const { check, sentence, related } = finding;
  const fixes: CodeAction[] = [];
  const byEdit = (title: string, edit: TextEdit): void => {
    fixes.push({ title, edit: versionedEdit(session, document, snapshot.version, [edit]) });
  };
  const byCommand = (title: string, command: string, ...args: unknown[]): void => {
    fixes.push({ title, command: { title, command, arguments: args } });
  };
  if (check === 'jump') {
    byCommand(t('Insert a transition'), commands.fillGap, uri, positionOf(text, related.end));
  } else if (client.window?.showDocument?.support === true) {
    const place = rangeOf(text, related);
    byCommand(goTitles[check](place.start.line + 1), commands.show, uri, place);
  }
  if (check === 'repeats') {
    byEdit(t('Remove this repeat'), { range: rangeOf(text, removable(document, finding)), newText: '' });
  }
  for (const scope of ['here', 'file'] as const) {
    const edit = ignoreEdit(document, finding, scope);
    if (edit) byEdit(ignoreTitles[check](scope), edit);
  }
  if (ignoresInWorkspace) {
    const note = shortened(sentence.text, noteLength);
    byCommand(t('Never mark this in this workspace'), ignoreInWorkspace, uri, ignoreKey(finding), note);
  }
  return fixes.map((fix) => ({ ...fix, kind: CodeActionKind.QuickFix, diagnostics: [diagnostic] }));
}

const ignoreTitles: Readonly<Record<CheckName, (scope: 'here' | 'file') => string>> = {
  repeats: (scope) =>
    scope === 'here' ? t('Ignore repeated ideas in this paragraph') : t('Ignore repeated ideas in this file'),
  drift: (scope) =>
    scope === 'here' ? t('Ignore drifting sentences in this paragraph') : t('Ignore drifting sentences in this file'),
  jump: (scope) =>
    scope === 'here' ? t('Ignore abrupt jumps in this paragraph') : t('Ignore abrupt jumps in this file'),
  topic: (scope) =>
    scope === 'here'
      ? t('Ignore the missing topic sentence of this section')
      : t('Ignore missing topic sentences in this file'),
};

const goTitles: Readonly<Record<Exclude<CheckName, 'jump'>, (line: number) => string>> = {
  repeats: (line) => t('Go to line {0}, which says this first', line),
  drift: () => t('Go to the sentence that is most typical of the section'),
  topic: () => t('Go to the sentence that is most typical of the section'),
};

/** The comment on a line of its own: in front of the finding's paragraph, or of the first one of the document. */
function ignoreEdit(
  document: OpenDocument,
  { check, sentence }: Finding,
  scope: 'here' | 'file',
): TextEdit | undefined {
  const { languageId, paragraphs, sections, text } = document.snapshot;
  const comment = ignoreComment(languageId, check, scope);
  const paragraph = paragraphs[sentence.paragraph];
  if (comment === undefined || !paragraph) return undefined;
  const heading = sections.find(({ level }) => level > 0);
  const first = Math.min(paragraphs[0]?.start ?? 0, heading?.start ?? Number.POSITIVE_INFINITY);
  const at = scope === 'here' ? paragraph.start : first;
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  // Inside a quotation or a list's item it has to be there too.
  const indentation = /^[\s>]*/u.exec(text.slice(lineStart, at))?.[0] ?? '';
  const start = positionOf(document.text, lineStart);
  const lines = `${indentation}${comment}\n`;
  return { range: { start, end: start }, newText: text.includes('\r\n') ? lines.replaceAll('\n', '\r\n') : lines };
}

/** The marks of a quotation and of a list's item before a paragraph. */
const paragraphMarks = /^[\s>]*(?:(?:[-*+•]|\d{1,9}[.)]|\\item)\s+)?$/u;

/** The sentence with the space that would be left over; of a paragraph with no other sentence, its lines. */
function removable({ snapshot }: OpenDocument, { sentence }: Finding): Span {
  const { text, paragraphs, sentences } = snapshot;
  const paragraph = paragraphs[sentence.paragraph];
  if (!paragraph) return sentence;
  const { firstSentence, endSentence } = paragraph;
  const next = sentences.slice(firstSentence, endSentence).find(({ start }) => start >= sentence.end);
  if (next) return { start: sentence.start, end: next.start };
  const previous = sentences.slice(firstSentence, endSentence).findLast(({ end }) => end <= sentence.start);
  if (previous) return { start: previous.end, end: sentence.end };
  const lineStart = text.lastIndexOf('\n', paragraph.start - 1) + 1;
  // To the end of its line, and a blank line behind it.
  const lines = /[^\S\n]*(?:\n(?:[^\S\n]*\n)?|$)/uy;
  lines.lastIndex = paragraph.end;
  const isWhole = paragraphMarks.test(text.slice(lineStart, paragraph.start)) && lines.test(text);
  return isWhole ? { start: lineStart, end: lines.lastIndex } : sentence;
}
