/** Notes expanded for the editor: with progress and cancel, and as edits of the document. */
import type { CancellationToken } from '../base/cancellation.ts';
import { CancellationSource } from '../base/cancellationSource.ts';
import { t } from '../base/l10n.ts';
import type { ExpandParams, ExpandResult } from '../protocol.ts';
import { expansionPlaces, expansionProse } from '../service/index.ts';
import type { OpenDocument } from './documents.ts';
import { checkedParagraphWish } from './paragraphs.ts';
import { asRecord, rangeOf, spanOf } from './positions.ts';
import { createProgress, type Progress } from './progress.ts';
import { type Session, suggestOptions } from './session.ts';

/** The parameters with everything wrong in them replaced; `undefined` if they name no document. */
export function checkedExpandParams(params: unknown): ExpandParams | undefined {
  const { textDocument, range } = asRecord(params);
  const { uri } = asRecord(textDocument);
  if (typeof uri !== 'string') return undefined;
  const { sentences } = checkedParagraphWish(params);
  return { textDocument: { uri }, range: range as ExpandParams['range'], sentences };
}

/** The note's expansion, with progress shown in the editor; `undefined` where there is no note. */
export async function expandNote(
  session: Session,
  document: OpenDocument,
  params: ExpandParams,
  token: CancellationToken,
  given?: Progress,
): Promise<ExpandResult | undefined> {
  const { service, settings, status } = session;
  const { snapshot, text, uri } = document;
  const set = await settings.of(uri);
  const { seed, sampler, minScore } = suggestOptions(set, 1);
  const sentences = params.sentences ?? set.suggest.paragraphSentences;
  const source = new CancellationSource(token);
  const progress = given ?? (await createProgress(session, source));
  const working = status.working(t('Expanding…'));
  progress?.begin(t('Foresay: expanding'), 0, '', true);
  try {
    const options = { sentences, seed, sampler, minScore };
    const expansion = await service.expand(snapshot, spanOf(text, params.range), options, source.token, (done) =>
      progress?.report(Math.round((100 * done) / sentences), t('{0} of {1} sentences', done, sentences)),
    );
    if (!expansion) return undefined;
    const isEmpty = expansion.sentences.length === 0;
    const places = isEmpty ? [] : expansionPlaces(snapshot, expansion);
    return {
      version: expansion.version,
      note: expansion.note,
      range: rangeOf(text, expansion.span),
      sentences: expansion.sentences,
      silence: expansion.silence,
      block: expansionProse(snapshot, expansion.sentences),
      places: places.map(({ placement, span, newText }) => ({
        placement,
        uri,
        edit: { range: rangeOf(text, span), newText },
        replaces: placement === 'instead',
      })),
    };
  } finally {
    progress?.done();
    working();
    source.dispose();
  }
}
