/** A summary of several documents: one of each, and one over all of them, picked from those. */
import type { CancellationToken } from '../../base/cancellation.ts';
import { inTurns } from '../../base/steps.ts';
import type { ConceptVector } from '../../concepts/conceptVector.ts';
import type { ConceptEngine } from '../../concepts/engine.ts';
import { contentHash } from '../../text/contentHash.ts';
import type { DocumentSnapshot } from '../../text/snapshot.ts';
import type { ConceptCache } from '../conceptCache.ts';
import { subjectAt } from '../scope.ts';
import { readSnapshot } from '../snapshots.ts';
import { extractiveSummary } from './extractive.ts';
import { type Summary, type SummaryLine, type SummaryOptions, summarize } from './summary.ts';
import { boundsFor } from './summaryBounds.ts';

export interface DocumentSummary {
  readonly snapshot: DocumentSnapshot;
  readonly summary: Summary;
}

export interface FolderSummary {
  readonly documents: readonly DocumentSummary[];
  /** Each with the document that it is from. */
  readonly overall: readonly { readonly line: SummaryLine; readonly from: DocumentSnapshot }[];
}

/** Documents without prose are left out. */
export async function summarizeAll(
  engine: ConceptEngine,
  cache: ConceptCache,
  snapshots: AsyncIterable<DocumentSnapshot>,
  options: SummaryOptions,
  token: CancellationToken,
): Promise<FolderSummary> {
  const documents: DocumentSummary[] = [];
  for await (const snapshot of snapshots) {
    await inTurns(readSnapshot(snapshot), token);
    const subject = subjectAt(snapshot, { start: 0, end: 0 }, 'document');
    const summary = subject && (await summarize(engine, cache, snapshot, subject, options, token, () => {}));
    if (summary) documents.push({ snapshot, summary });
  }
  const all = documents.flatMap(({ snapshot, summary }) =>
    summary.sentences.map((line) => ({ line, from: snapshot, id: contentHash(line.text), text: line.text })),
  );
  const vectors = await cache.vectors(all, token);
  const lines = all.map(({ text }, i) => ({ text, complete: true, vector: vectors[i] as ConceptVector }));
  const chosen = await inTurns(extractiveSummary(lines, boundsFor(options.length, all)), token);
  return { documents, overall: chosen.flatMap((i) => all[i] ?? []).map(({ line, from }) => ({ line, from })) };
}
