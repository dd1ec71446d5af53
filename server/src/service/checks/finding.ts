/** What checks find in a document. */
import type { SentenceSpan } from '../../text/snapshot.ts';

/** The checks, by the name that settings, comments, diagnostics and their pages in `docs/diagnostics` share. */
export const checkNames = ['repeats', 'drift', 'jump', 'topic'] as const;
export type CheckName = (typeof checkNames)[number];

/** Something that a writer may want to look at. */
export interface Finding {
  readonly check: CheckName;
  /** repeats: the later one; drift: the one that drifts; jump: the one jumped to; topic: the section's first. */
  readonly sentence: SentenceSpan;
  /** repeats: the earlier one; drift and topic: what is most typical of the section; jump: the one jumped from. */
  readonly related: SentenceSpan;
  /** In [-1, 1]. repeats: to the related sentence; the others: to the text it should go with (see SectionMeasures). */
  readonly similarity: number;
}

/**
 * From which similarity on a sentence repeats another; below which the others are found. Chosen on the valid split of
 * the corpus by `npm run evaluate:diagnostics`.
 */
export const limits: Readonly<Record<CheckName, number>> = { repeats: 0.92, drift: 0.17, jump: 0.2, topic: 0.4 };
