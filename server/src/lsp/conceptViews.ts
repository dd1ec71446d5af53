/** What views of a document's concepts draw: the flow from sentence to sentence, and the sentences with their vectors. */
import type { CancellationToken } from 'vscode-languageserver';
import { inTurns, type Steps, triflesAtOnce } from '../base/steps.ts';
import { directionOf } from '../concepts/direction.ts';
import type { ConceptSentence, ConceptsResult, FlowResult } from '../protocol.ts';
import type { FlowStep, Repeat } from '../service/index.ts';
import type { OpenDocument } from './documents.ts';
import { asRecord, rangeOf } from './positions.ts';
import type { Session } from './session.ts';

/** Ranges and figures of all steps. */
export function flowResult(document: OpenDocument, steps: readonly FlowStep[], token: CancellationToken) {
  return inTurns(flow(document, steps), token);
}

function* flow({ snapshot, text }: OpenDocument, steps: readonly FlowStep[]): Steps<FlowResult> {
  const result: FlowResult['steps'][number][] = [];
  for (const { sentence, similarity, band } of steps) {
    if (result.length % triflesAtOnce === 0) yield;
    result.push({ range: rangeOf(text, sentence), similarity, band });
  }
  return { version: snapshot.version, steps: result };
}

/** All sentences that have a vector, and the vectors of those that the client does not know. */
export async function conceptsResult(
  { service }: Session,
  document: OpenDocument,
  params: unknown,
  token: CancellationToken,
): Promise<ConceptsResult> {
  const given = asRecord(params).known;
  const known = new Set<unknown>(Array.isArray(given) ? given : []);
  const { snapshot } = document;
  const repeats = await service.repeats(snapshot, token);
  return inTurns(concepts(document, service.vector, repeats, known), token);
}

function* concepts(
  { snapshot, text }: OpenDocument,
  vectorOf: Session['service']['vector'],
  repeats: readonly Repeat[],
  known: Set<unknown>,
): Steps<ConceptsResult> {
  const sentences: ConceptSentence[] = [];
  const vectors = new Map<string, Uint8Array>();
  const places = new Map<unknown, number>();
  let looked = 0;
  for (const sentence of snapshot.sentences) {
    if (++looked % triflesAtOnce === 0) yield;
    const vector = vectorOf(sentence);
    if (!vector) continue;
    const { id, section } = sentence;
    if (!known.has(id) && !vectors.has(id)) vectors.set(id, new Uint8Array(directionOf(vector).buffer));
    places.set(sentence, sentences.length);
    sentences.push({ id, range: rangeOf(text, sentence), text: sentence.text, section });
  }
  yield;
  return {
    version: snapshot.version,
    sections: snapshot.sections.map(({ heading }) => heading),
    sentences,
    repeats: repeats.flatMap(({ sentence, earlier }) => {
      const [later, first] = [places.get(sentence), places.get(earlier)];
      return later === undefined || first === undefined ? [] : [[later, first] as const];
    }),
    vectors: {
      ids: [...vectors.keys()],
      dim: vectors.values().next().value?.length ?? 0,
      bytes: Buffer.concat([...vectors.values()]).toString('base64'),
    },
  };
}
