/** The concept report: what is known of a document's sections, put together from outline, flow, repeats and summaries. */
import { type Steps, triflesAtOnce } from '../../base/steps.ts';
import type { ConceptVector } from '../../concepts/conceptVector.ts';
import { cosine } from '../../concepts/similarity.ts';
import type { DocumentSnapshot, Section, SentenceSpan } from '../../text/snapshot.ts';
import type { Repeat } from '../checks/repeats.ts';
import { headingItem } from '../contextSequence.ts';
import { extractiveSummary } from '../summaries/extractive.ts';
import { boundsFor } from '../summaries/summaryBounds.ts';
import type { FlowStep } from './flow.ts';
import type { OutlineSection, Topic } from './outline.ts';

export interface ReportTopic extends Topic {
  /** 1 less the similarity to the nearest topic before it; null for the document's first. */
  readonly novelty: number | null;
}

export interface ReportSection {
  readonly section: Section;
  /** Those of its own body. */
  readonly sentences: number;
  readonly topics: readonly ReportTopic[];
  /** Sentences that are among the farthest from the one before. */
  readonly jumps: readonly FlowStep[];
  readonly repeats: readonly Repeat[];
  /** The sentences that a summary of the section would pick, in its order; what the LCM would say of it is not asked. */
  readonly summary: readonly SentenceSpan[];
}

/** Sentences of a section for one of its summary. */
const sentencesPerSummarySentence = 4;

/** What the report is made of; `summarySentences` is the most that a section's summary has. */
export interface ReportParts {
  readonly outline: readonly OutlineSection[];
  readonly flow: readonly FlowStep[];
  readonly repeats: readonly Repeat[];
  readonly summarySentences: number;
}

/** The sections that hold prose, in document order. */
export function* reportOf(
  { sentences }: DocumentSnapshot,
  vectorOf: (wording: Pick<SentenceSpan, 'id'>) => ConceptVector | undefined,
  { outline, flow, repeats, summarySentences }: ReportParts,
): Steps<ReportSection[]> {
  const sections: ReportSection[] = [];
  const earlier: Topic[] = [];
  for (const { section, topics } of flattened(outline)) {
    if (topics.length === 0) continue;
    const isOwn = ({ start }: SentenceSpan): boolean => section.start <= start && start < section.end;
    const known: { sentence: SentenceSpan; vector: ConceptVector }[] = [];
    for (let i = section.firstSentence; i < section.endSentence; i++) {
      if (i % triflesAtOnce === 0) yield;
      const sentence = sentences[i] as SentenceSpan;
      const vector = vectorOf(sentence);
      if (vector) known.push({ sentence, vector });
    }
    const rated: ReportTopic[] = [];
    for (const topic of topics) {
      yield;
      rated.push({ ...topic, novelty: novelty(topic, earlier) });
      earlier.push(topic);
    }
    const heading = section.heading === '' ? undefined : vectorOf(headingItem(section));
    const picked = yield* extractiveSummary(
      known.map(({ sentence: { text, complete }, vector }) => ({ text, complete, vector })),
      boundsFor(
        { unit: 'sentences', count: Math.min(summarySentences, Math.ceil(known.length / sentencesPerSummarySentence)) },
        [],
      ),
      heading ? [heading] : [],
    );
    yield;
    sections.push({
      section,
      sentences: section.endSentence - section.firstSentence,
      topics: rated,
      jumps: flow.filter(({ sentence, band }) => band === 'jump' && isOwn(sentence)),
      repeats: repeats.filter(({ sentence }) => isOwn(sentence)),
      summary: picked.flatMap((i) => known[i]?.sentence ?? []),
    });
  }
  return sections;
}

function flattened(outline: readonly OutlineSection[]): OutlineSection[] {
  return outline.flatMap((section) => [section, ...flattened(section.subsections)]);
}

function novelty(topic: Topic, earlier: readonly Topic[]): number | null {
  if (earlier.length === 0) return null;
  return 1 - Math.max(...earlier.map(({ middle }) => cosine(topic.middle, middle)));
}
