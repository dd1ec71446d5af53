/** The checks of one document, kept from version to version: what they find, less what its comments ask to ignore. */
import type { Steps } from '../../base/steps.ts';
import { wordsOf } from '../../base/words.ts';
import type { ConceptVector } from '../../concepts/conceptVector.ts';
import type { DocumentSnapshot, SentenceSpan } from '../../text/snapshot.ts';
import { type CheckName, type Finding, limits as usualLimits } from './finding.ts';
import { ignoresIn } from './ignores.ts';
import { RepeatFinder } from './repeats.ts';
import { leastSentences, measureSection, type SectionMeasures } from './sectionMeasures.ts';

/** The sentence's vector as far as it is known. */
export type VectorOf = (sentence: SentenceSpan) => ConceptVector | undefined;

/** Fewer words are seldom about something: "See below." */
const leastWords = 6;

export class DocumentChecks {
  readonly repeats: RepeatFinder;
  readonly #limits: Readonly<Record<CheckName, number>>;
  /** By the ids of a section's sentences: a change in one section leaves the others as they were. */
  #measures = new Map<string, SectionMeasures>();

  constructor(limits: Readonly<Record<CheckName, number>> = usualLimits) {
    this.#limits = limits;
    this.repeats = new RepeatFinder(limits.repeats);
  }

  /** The findings of these checks, in the document's order, as far as its sentences have vectors. */
  *find(snapshot: DocumentSnapshot, which: readonly CheckName[], vectorOf: VectorOf): Steps<Finding[]> {
    const findings: Finding[] = [];
    if (which.includes('repeats')) {
      const repeats = yield* this.repeats.find(snapshot, vectorOf);
      findings.push(
        ...repeats.map(({ earlier, ...repeat }) => ({ check: 'repeats' as const, ...repeat, related: earlier })),
      );
    }
    if (which.some((check) => check !== 'repeats'))
      findings.push(...(yield* this.#inSections(snapshot, which, vectorOf)));
    const ignores = ignoresIn(snapshot);
    return findings
      .filter(({ check, sentence }) => !ignores.covers(check, sentence))
      .sort((a, b) => a.sentence.start - b.sentence.start);
  }

  /** What is found by comparing the sentences of each section; of those with a vector missing, nothing yet. */
  *#inSections(snapshot: DocumentSnapshot, which: readonly CheckName[], vectorOf: VectorOf): Steps<Finding[]> {
    const findings: Finding[] = [];
    const measured = new Map<string, SectionMeasures>();
    for (const { firstSentence, endSentence } of snapshot.sections) {
      yield;
      const sentences = snapshot.sentences.slice(firstSentence, endSentence);
      if (sentences.length < leastSentences) continue;
      const key = sentences.map(({ id }) => id).join(' ');
      let measures = this.#measures.get(key);
      if (!measures) {
        const vectors = sentences.flatMap((sentence) => vectorOf(sentence) ?? []);
        if (vectors.length < sentences.length) continue;
        measures = yield* measureSection(vectors);
      }
      measured.set(key, measures);
      findings.push(...this.#inSection(sentences, measures).filter(({ check }) => which.includes(check)));
    }
    this.#measures = measured;
    return findings;
  }

  #inSection(sentences: readonly SentenceSpan[], { fit, flow, opening, center }: SectionMeasures): Finding[] {
    const { drift, jump, topic } = this.#limits;
    const findings: Finding[] = [];
    const add = (check: CheckName, at: number, to: number, similarity: number): void => {
      const sentence = sentences[at];
      const related = sentences[to];
      if (sentence && related) findings.push({ check, sentence, related, similarity });
    };
    if (opening < topic) add('topic', 0, center, opening);
    for (const [i, { text, complete }] of sentences.entries()) {
      const [ownFit, ownFlow] = [fit[i] as number, flow[i] as number];
      if (!(ownFit < drift || ownFlow < jump)) continue;
      // What ends in a colon belongs to what it introduces, whatever that is about.
      if (!complete || text.endsWith(':') || wordsOf(text).length < leastWords) continue;
      if (ownFit < drift) add('drift', i, center, ownFit);
      if (ownFlow < jump) add('jump', i, i - 1, ownFlow);
    }
    return findings;
  }
}
