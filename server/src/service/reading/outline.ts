/** The concept outline: a document's sections, each with its topic segments and their key sentences. */
import { type Steps, triflesAtOnce } from '../../base/steps.ts';
import type { ConceptVector } from '../../concepts/conceptVector.ts';
import { centroid, cosine } from '../../concepts/similarity.ts';
import type { DocumentSnapshot, Section, SentenceSpan, Span } from '../../text/snapshot.ts';
import { extractiveSummary } from '../summaries/extractive.ts';
import { oneSentence } from '../summaries/summaryBounds.ts';
import { segmentsOf } from './segments.ts';

/** A run of sentences of one section that are about one thing. */
export interface Topic {
  /** From its first to its last sentence. */
  readonly span: Span;
  readonly sentences: number;
  /** The sentence that stands for it. */
  readonly key: SentenceSpan;
  /** Mean similarity of its sentences to their mean; of a single one 1. */
  readonly coherence: number;
  /** Mean of its vectors. */
  readonly middle: ConceptVector;
}

export interface OutlineSection {
  readonly section: Section;
  readonly topics: readonly Topic[];
  readonly subsections: readonly OutlineSection[];
}

/** A topic by the indexes of its sentences among the section's known ones. */
type Found = Pick<Topic, 'coherence' | 'middle'> & {
  readonly first: number;
  readonly end: number;
  readonly key: number;
};

type VectorOf = (sentence: SentenceSpan) => ConceptVector | undefined;

/** The outline of one document, kept from version to version: only sections that changed are looked at again. */
export class OutlineFinder {
  /** By what decides the cut: the section's sentences, and where its paragraphs start. */
  #found = new Map<string, readonly Found[]>();

  /** The sections of the highest levels, with the others in them; sentences without a vector count for nothing. */
  *find(snapshot: DocumentSnapshot, vectorOf: VectorOf): Steps<OutlineSection[]> {
    const found = new Map<string, readonly Found[]>();
    const flat: OutlineSection[] = [];
    for (const section of snapshot.sections) {
      yield;
      flat.push({ section, topics: yield* this.#topics(snapshot, section, vectorOf, found), subsections: [] });
    }
    this.#found = found;
    return nested(flat.filter(({ section, topics }) => section.level > 0 || topics.length > 0));
  }

  *#topics(
    { sentences, paragraphs }: DocumentSnapshot,
    section: Section,
    vectorOf: VectorOf,
    found: Map<string, readonly Found[]>,
  ): Steps<Topic[]> {
    const known: { sentence: SentenceSpan; vector: ConceptVector; opensParagraph: boolean }[] = [];
    let key = '';
    for (let i = section.firstSentence; i < section.endSentence; i++) {
      if (i % triflesAtOnce === 0) yield;
      const sentence = sentences[i] as SentenceSpan;
      const vector = vectorOf(sentence);
      if (!vector) continue;
      const opensParagraph = paragraphs[sentence.paragraph]?.firstSentence === i;
      known.push({ sentence, vector, opensParagraph });
      key += `${opensParagraph ? '¶' : ' '}${sentence.id}`;
    }
    const topics = found.get(key) ?? this.#found.get(key) ?? (yield* findTopics(known));
    found.set(key, topics);
    return topics.map(({ first, end, key, coherence, middle }) => ({
      span: {
        start: (known[first] as { sentence: SentenceSpan }).sentence.start,
        end: (known[end - 1] as { sentence: SentenceSpan }).sentence.end,
      },
      sentences: end - first,
      key: (known[key] as { sentence: SentenceSpan }).sentence,
      coherence,
      middle,
    }));
  }
}

function* findTopics(
  known: readonly { sentence: SentenceSpan; vector: ConceptVector; opensParagraph: boolean }[],
): Steps<Found[]> {
  const topics: Found[] = [];
  for (const { first, end } of yield* segmentsOf(known)) {
    yield;
    const part = known.slice(first, end);
    const [key = 0] = yield* extractiveSummary(
      part.map(({ sentence: { text, complete }, vector }) => ({ text, complete, vector })),
      oneSentence,
    );
    const middle = centroid(part.map(({ vector }) => vector)) as ConceptVector;
    const coherence = part.reduce((sum, { vector }) => sum + cosine(vector, middle), 0) / part.length;
    topics.push({ first, end, key: first + key, coherence, middle });
  }
  return topics;
}

/** Sections in document order as a tree: each belongs to the nearest one before it of a higher level. */
function nested(flat: readonly OutlineSection[]): OutlineSection[] {
  const roots: OutlineSection[] = [];
  const open: { level: number; subsections: OutlineSection[] }[] = [{ level: -1, subsections: roots }];
  for (const each of flat) {
    const { level } = each.section;
    // What precedes the first heading holds nothing.
    while (open.length > 1 && ((open.at(-1)?.level ?? 0) >= level || open.at(-1)?.level === 0)) open.pop();
    const subsections: OutlineSection[] = [];
    open.at(-1)?.subsections.push({ ...each, subsections });
    open.push({ level, subsections });
  }
  return roots;
}
