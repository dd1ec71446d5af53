/** "Find by meaning": the sentences closest to a phrase or to a sentence, in a document or in the workspace. */
import { type CancellationToken, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import { errorMessage } from '../base/log.ts';
import type { FindItem, FindResult } from '../protocol.ts';
import {
  type DocumentSnapshot,
  EngineUnavailableError,
  type FoundSentence,
  type SentenceSpan,
} from '../service/index.ts';
import type { OpenDocument } from './documents.ts';
import { asRecord, offsetOf, rangeOf, uriOf } from './positions.ts';
import { isOff, type Session } from './session.ts';
import type { WorkspaceIndex } from './workspaceIndex.ts';

const usualCount = 20;
const mostCount = 200;
/** UTF-16 units of a query that are read: an encoder's input is not longer. */
const longestQuery = 2000;

/** Answers the request; an error where there is no model, with its reason. */
export async function find(
  session: Session,
  index: WorkspaceIndex,
  params: unknown,
  token: CancellationToken,
): Promise<FindResult | ResponseError> {
  const { query, scope, position, count } = asRecord(params);
  const { documents, service } = session;
  const uri = uriOf(params);
  const document = uri === undefined ? undefined : documents.get(uri);
  const workspace = scope === 'workspace';
  const { open, hidden } = await parted(session, workspace ? documents.all() : document ? [document] : []);
  for (const snapshot of open) await service.prepare(snapshot, token);
  const here = document && open.includes(document.snapshot) ? document : undefined;
  const except =
    here && position !== undefined ? service.sentenceAt(here.snapshot, offsetOf(here.text, position)) : undefined;
  const given = typeof query === 'string' ? query.replace(/\s+/gu, ' ').trim().slice(0, longestQuery) : '';
  const text = given || (except?.text ?? '');
  const wanted = typeof count === 'number' && count >= 1 ? Math.min(mostCount, Math.trunc(count)) : usualCount;
  try {
    const places = { open, whole: here?.snapshot, hidden, files: workspace, except };
    const found = text === '' ? [] : await service.find(text, places, wanted, token);
    return { query: text, items: found.map(asItem), index: await index.state() };
  } catch (error) {
    if (!(error instanceof EngineUnavailableError)) throw error;
    return new ResponseError(LSPErrorCodes.RequestFailed, errorMessage(error));
  }
}

/** The sentences of other documents and of the workspace's files that are closest to one of this document, best first. */
export async function nearElsewhere(
  session: Session,
  document: OpenDocument,
  offset: number,
  count: number,
  token: CancellationToken,
): Promise<FindItem[]> {
  const { documents, service } = session;
  const sentence = service.sentenceAt(document.snapshot, offset);
  if (!sentence) return [];
  const others = documents.all().filter((each) => each !== document);
  const { open, hidden } = await parted(session, others);
  for (const snapshot of open) await service.prepare(snapshot, token);
  const places = { open, hidden: [...hidden, document.uri], files: true };
  return (await service.near(sentence, places, count, token)).map(asItem);
}

/** The documents that are on, and the uris of those that are off. */
async function parted(session: Session, documents: readonly OpenDocument[]) {
  const open: DocumentSnapshot[] = [];
  const hidden: string[] = [];
  for (const each of documents) {
    if (await isOff(session, each)) hidden.push(each.uri);
    else open.push(each.snapshot);
  }
  return { open, hidden };
}

function asItem({ snapshot, sentence, similarity }: FoundSentence): FindItem {
  return {
    uri: snapshot.uri,
    range: rangeOf(snapshot.content, sentence),
    text: sentence.text,
    heading: headingOf(snapshot, sentence),
    similarity,
  };
}

function headingOf({ sections }: DocumentSnapshot, { section }: SentenceSpan): string {
  return sections[section]?.heading ?? '';
}
