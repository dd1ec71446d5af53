/** Findings of the checks as LSP diagnostics: where they point, and the page that explains them. */
import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import { shortened } from '../base/shortened.ts';
import type { DiagnosticLevel } from '../protocol.ts';
import { type Finding, messageOf } from '../service/index.ts';
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
    message: messageOf(finding, range.start.line + 1),
    ...(relatedInformation === true && {
      relatedInformation: [{ location: { uri, range }, message: shortened(related.text, quoteLength) }],
    }),
  };
}
