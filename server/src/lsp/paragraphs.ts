/** Several sentences ahead for the editor: asked for with progress and cancel, each told as soon as it is there. */
import { type CancellationToken, throwIfCancelled } from '../base/cancellation.ts';
import { t } from '../base/l10n.ts';
import type { NextParagraphParams, NextParagraphResult, ParagraphSentence } from '../protocol.ts';
import type { OpenDocument } from './documents.ts';
import { asRecord, offsetOf } from './positions.ts';
import { type Session, suggestOptions } from './session.ts';
import { mostParagraphSentences, offReason } from './settings.ts';

/** What is asked of a paragraph, checked. */
export type ParagraphWish = Pick<NextParagraphParams, 'sentences'> & { readonly after: readonly string[] };

export function checkedParagraphWish(params: unknown): ParagraphWish {
  const { sentences, after } = asRecord(params);
  const isCount = typeof sentences === 'number' && sentences >= 1;
  const list: readonly unknown[] = Array.isArray(after) ? after : [];
  return {
    sentences: isCount ? Math.min(mostParagraphSentences, Math.trunc(sentences)) : null,
    after: list.filter((text) => typeof text === 'string'),
  };
}

/** The next sentences under the document's settings; a missing model rejects. `onSentence` hears each, and how many are wanted. */
export async function paragraphAt(
  session: Session,
  document: OpenDocument,
  position: unknown,
  wish: ParagraphWish,
  token: CancellationToken,
  onSentence: (sentence: ParagraphSentence, total: number) => void,
): Promise<NextParagraphResult> {
  const { service, settings, status } = session;
  const { snapshot, uri } = document;
  const offset = offsetOf(document.text, position);
  const set = await settings.of(uri);
  throwIfCancelled(token);
  const off = offReason(set, uri, snapshot.languageId);
  if (off !== undefined) return { version: snapshot.version, sentences: [], silence: off };
  const { seed, sampler, minScore } = suggestOptions(set, 1);
  const sentences = wish.sentences ?? set.suggest.paragraphSentences;
  const options = { seed, sampler, minScore, sentences, earlier: wish.after };
  const working = status.working(t('Writing ahead…'));
  try {
    return await service.paragraph(snapshot, offset, options, token, (sentence) => onSentence(sentence, sentences));
  } finally {
    working();
  }
}
