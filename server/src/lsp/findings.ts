/** Findings of the checks as LSP diagnostics: what they say, where they point, and the page that explains them. */
import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import { t } from '../base/l10n.ts';
import { shortened } from '../base/shortened.ts';
import type { DiagnosticLevel } from '../protocol.ts';
import type { CheckName, Finding } from '../service/index.ts';
import type { OpenDocument } from './documents.ts';
import { rangeOf } from './positions.ts';
import type { Session } from './session.ts';

const severities = { hint: DiagnosticSeverity.Hint, information: DiagnosticSeverity.Information } as const;
const quoteLength = 80;

export function diagnosticOf(
  { client, pages }: Session,
  { uri, text }: OpenDocument,
  finding: Finding,
  level: Exclude<DiagnosticLevel, 'off'>,
): Diagnostic {
  const { check, sentence, related } = finding;
  const { relatedInformation, codeDescriptionSupport } = client.textDocument?.publishDiagnostics ?? {};
  const range = rangeOf(text, related);
  return {
    range: rangeOf(text, sentence),
    severity: severities[level],
    source: 'Foresay',
    code: check,
    ...(codeDescriptionSupport === true && { codeDescription: { href: `${pages}${check}.md` } }),
    message: messages[check](finding, range.start.line + 1),
    ...(relatedInformation === true && {
      relatedInformation: [{ location: { uri, range }, message: shortened(related.text, quoteLength) }],
    }),
  };
}

/** `line`: where the related sentence is, 1-based. */
const messages: Readonly<Record<CheckName, (finding: Finding, line: number) => string>> = {
  repeats: ({ sentence, related, similarity }, line) =>
    sentence.id === related.id
      ? t('Line {0} says this word for word.', line)
      : t('Line {0} says this already (similarity {1}).', line, figure(similarity)),
  drift: (_, line) => t('This is about something else than its section, which line {0} sums up best.', line),
  jump: () => t('The text jumps here: this does not follow from what is said before.'),
  topic: (_, line) => t('The section does not begin with what it is about, which line {0} sums up best.', line),
};

function figure(similarity: number): string {
  return similarity.toFixed(2);
}
