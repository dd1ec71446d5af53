/** Sentences that are worked out and inserted in one go, for clients that show no list and no preview. */
import { CancellationError, type CancellationToken } from '../base/cancellation.ts';
import { CancellationSource } from '../base/cancellationSource.ts';
import { t } from '../base/l10n.ts';
import type { ParagraphSentence } from '../protocol.ts';
import type { OpenDocument } from './documents.ts';
import { checkedParagraphWish, paragraphAt } from './paragraphs.ts';
import { createProgress, type Progress } from './progress.ts';
import type { Session } from './session.ts';
import type { SuggestionRequests } from './suggestions.ts';

/** A text and where it goes, or a sentence for the writer that says why there is none. */
export type Insertion =
  | { readonly position: unknown; readonly newText: string }
  | { readonly newText: undefined; readonly silence: string };

/** The sentence that leads over best to what follows the position. */
export async function gapInsertion(
  suggestions: SuggestionRequests,
  document: OpenDocument,
  position: unknown,
  token: CancellationToken,
): Promise<Insertion> {
  const found = await suggestions.nextSentences(document, { position, candidates: null, gap: true }, token);
  const [best] = found.items;
  return best ? { position: found.position, newText: best.insertText } : { newText: undefined, silence: found.silence };
}

/** The next sentences, with progress; when the writer cancels that, those that are there by then. */
export async function paragraphInsertion(
  session: Session,
  document: OpenDocument,
  position: unknown,
  count: unknown,
  token: CancellationToken,
  given?: Progress,
): Promise<Insertion> {
  const source = new CancellationSource(token);
  const progress = given ?? (await createProgress(session, source));
  const sentences: ParagraphSentence[] = [];
  let silence = '';
  progress?.begin(t('Foresay: writing ahead'), 0, '', true);
  try {
    const wish = checkedParagraphWish({ sentences: count });
    const result = await paragraphAt(session, document, position, wish, source.token, (sentence, total) => {
      sentences.push(sentence);
      const share = Math.round((100 * sentences.length) / total);
      progress?.report(share, t('{0} of {1} sentences', sentences.length, total));
    });
    silence = result.silence;
  } catch (error) {
    if (!(error instanceof CancellationError) || token.isCancellationRequested || sentences.length === 0) throw error;
  } finally {
    progress?.done();
    source.dispose();
  }
  const last = sentences.at(-1);
  if (!last) return { newText: undefined, silence };
  return { position, newText: `${sentences.map(({ insertText }) => insertText).join('')}${last.tail}` };
}
