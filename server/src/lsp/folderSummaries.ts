/** Summaries of folders: every document in them read, from the editor where it is open, and all told as Markdown. */
import { type CancellationToken, throwIfCancelled } from '../base/cancellation.ts';
import { CancellationSource } from '../base/cancellationSource.ts';
import { t } from '../base/l10n.ts';
import { markupOf } from '../base/markup.ts';
import { asSummaryLength } from '../base/summaryLength.ts';
import type { SummarizeFolderParams, SummarizeFolderResult } from '../protocol.ts';
import { readTextFile } from '../search/textFile.ts';
import { documentsBelow } from '../search/walk.ts';
import { type DocumentSnapshot, type FolderSummary, openDocument, type SummarySource } from '../service/index.ts';
import { excludedBelow } from './excluded.ts';
import { asRecord } from './positions.ts';
import { createProgress, type Progress } from './progress.ts';
import type { Session } from './session.ts';
import { offReason } from './settings.ts';

/** `undefined` if they name no folder that can be read. */
export function checkedFolderParams(params: unknown): SummarizeFolderParams | undefined {
  const { uri, length } = asRecord(params);
  if (typeof uri !== 'string' || !uri.startsWith('file://')) return undefined;
  const { unit, count } = asRecord(length);
  return { uri, length: asSummaryLength(unit, count) ?? null };
}

/** Cancelled by the writer at the progress, or by the request. */
export async function summarizeFolder(
  session: Session,
  { uri, length }: SummarizeFolderParams,
  token: CancellationToken,
  given?: Progress,
): Promise<SummarizeFolderResult> {
  const { service, settings, status } = session;
  const { summary, suggest } = await settings.of(uri);
  const source = new CancellationSource(token);
  const progress = given ?? (await createProgress(session, source));
  const working = status.working(t('Summarising…'));
  progress?.begin(t('Foresay: summarising'), 0, '', true);
  try {
    const uris = await documentsOf(session, uri, source.token);
    const snapshots = snapshotsOf(session, uris, source.token, (done) =>
      progress?.report(Math.round((100 * done) / uris.length), t('{0} of {1} files', done, uris.length)),
    );
    const options = {
      length: length ?? { unit: 'sentences', count: summary.sentences },
      method: summary.method,
      seed: suggest.seed,
    } as const;
    const found = await service.summarizeAll(snapshots, options, source.token);
    return { files: found.documents.length, markdown: found.documents.length > 0 ? markdownOf(uri, found) : '' };
  } finally {
    progress?.done();
    working();
    source.dispose();
  }
}

async function documentsOf(session: Session, folder: string, token: CancellationToken): Promise<string[]> {
  const uris: string[] = [];
  for await (const uri of documentsBelow(folder, await excludedBelow(session, folder), token)) uris.push(uri);
  return uris;
}

async function* snapshotsOf(
  { documents, settings }: Session,
  uris: readonly string[],
  token: CancellationToken,
  progress: (done: number) => void,
): AsyncGenerator<DocumentSnapshot> {
  for (const [i, uri] of uris.entries()) {
    progress(i);
    throwIfCancelled(token);
    const open = documents.get(uri)?.snapshot;
    const file = open ? undefined : await readTextFile(uri);
    const snapshot = open ?? (file && openDocument({ ...file, version: 0 }));
    if (snapshot && offReason(await settings.of(uri), uri, snapshot.languageId) === undefined) yield snapshot;
    // Settings are kept for open documents only.
    if (!open) settings.close(uri);
  }
}

function markdownOf(folder: string, { documents, overall }: FolderSummary): string {
  const markdown = markupOf('markdown');
  const words = (count: (each: FolderSummary['documents'][number]) => number): number =>
    documents.reduce((sum, each) => sum + count(each), 0);
  const item = (text: string, name: string, target: string): string =>
    `- ${markdown.escape(text)} ([${name}](${target}))`;
  const title = t('Summary of “{0}”', nameOf(folder));
  const facts = t(
    '{0} files · {1} words to {2}',
    documents.length,
    words(({ summary }) => summary.sourceWords),
    words(({ summary }) => summary.summaryWords),
  );
  const whole = overall.map(({ line, from }) => item(line.text, nameOf(from.uri), target(from, line.sources[0])));
  const each = documents.map(({ snapshot, summary }) => {
    const lines = summary.sentences.map(({ text, sources }) =>
      item(text, t('line {0}', lineOf(snapshot, sources[0])), target(snapshot, sources[0])),
    );
    return `## ${markdown.escape(below(folder, snapshot.uri))}\n\n${lines.join('\n')}\n`;
  });
  return [`# ${markdown.escape(title)}\n`, `${facts}\n`, `${whole.join('\n')}\n`, ...each].join('\n');
}

function target(snapshot: DocumentSnapshot, source: SummarySource | undefined): string {
  return `${snapshot.uri}#L${lineOf(snapshot, source)}`;
}

function lineOf({ content }: DocumentSnapshot, source: SummarySource | undefined): number {
  return content.positionAt(source?.span.start ?? 0).line + 1;
}

function below(folder: string, uri: string): string {
  return decodeURIComponent(uri.startsWith(folder) ? uri.slice(folder.length).replace(/^\//u, '') : uri);
}

function nameOf(uri: string): string {
  return decodeURIComponent(uri.split('/').filter(Boolean).at(-1) ?? uri);
}
