/** The concept outline: sections in each other, topics with their key sentences, and only what changed found anew. */
import { describe, expect, test } from 'vitest';
import { finish } from '../../../../server/src/base/steps.ts';
import { OutlineFinder, type OutlineSection } from '../../../../server/src/service/reading/outline.ts';
import type { SentenceSpan } from '../../../../server/src/text/snapshot.ts';
import { snapshotOf } from '../../../support/extracted.ts';
import { encodeWords } from '../../../support/fakeEngine.ts';

const vectorOf = ({ text }: SentenceSpan) => encodeWords(text);
const harbor = [
  'The harbor wall is old.',
  'The harbor wall of the town is old and broken.',
  'Waves broke the harbor wall.',
  'The town mends the harbor wall.',
];
const bread = [
  'Bread needs flour and salt.',
  'Good bread needs good flour, salt and time.',
  'Time makes bread sour.',
  'Salt makes sour bread good.',
];
const text = [
  'Before any heading stands a line.',
  '# Town',
  `${harbor.join(' ')}\n\n${bread.join(' ')}`,
  '### Deep',
  'Only one sentence here.',
  '## Less deep',
  '# Empty',
].join('\n\n');

/** Sections as `heading`, topics as their key sentences. */
function shape(sections: readonly OutlineSection[]): unknown[] {
  return sections.map(({ section, topics, subsections }) => [
    section.heading,
    topics.map(({ key }) => key.text),
    ...(subsections.length > 0 ? [shape(subsections)] : []),
  ]);
}

describe('OutlineFinder', () => {
  test('sections in each other, each topic by its key sentence', () => {
    const snapshot = snapshotOf('markdown', text);
    const found = finish(new OutlineFinder().find(snapshot, vectorOf));
    expect(shape(found)).toEqual([
      ['', ['Before any heading stands a line.']],
      [
        'Town',
        [harbor[0], bread[1]],
        [
          ['Deep', ['Only one sentence here.']],
          ['Less deep', []],
        ],
      ],
      ['Empty', []],
    ]);
    const [first, second] = found[1]?.topics ?? [];
    expect(snapshot.text.slice(first?.span.start, first?.span.end)).toBe(harbor.join(' '));
    expect(snapshot.text.slice(second?.span.start, second?.span.end)).toBe(bread.join(' '));
    expect(first).toMatchObject({ sentences: 4 });
    expect(first?.coherence).toBeGreaterThan(0.6);
    expect(found[0]?.topics[0]?.coherence).toBeCloseTo(1, 6);
  });

  test('without vectors there are the headings alone', () => {
    const found = finish(new OutlineFinder().find(snapshotOf('markdown', text), () => undefined));
    expect(shape(found)).toEqual([
      [
        'Town',
        [],
        [
          ['Deep', []],
          ['Less deep', []],
        ],
      ],
      ['Empty', []],
    ]);
    expect(finish(new OutlineFinder().find(snapshotOf('plaintext', ''), vectorOf))).toEqual([]);
  });

  test('the next version gets what it would from scratch, with old topics where their section has only moved', () => {
    const finder = new OutlineFinder();
    const [, town] = finish(finder.find(snapshotOf('markdown', text), vectorOf));
    const later = snapshotOf('markdown', `A new line comes first. ${text.replace('Only one', 'Not only one')}`);
    const [start, moved] = finish(finder.find(later, vectorOf));
    expect(shape([start as OutlineSection, moved as OutlineSection])).toEqual(
      shape(finish(new OutlineFinder().find(later, vectorOf)).slice(0, 2)),
    );
    expect(moved?.topics[0]?.middle).toBe(town?.topics[0]?.middle);
    expect(later.text.slice(moved?.topics[0]?.span.start, moved?.topics[0]?.span.end)).toBe(harbor.join(' '));
    expect(moved?.subsections[0]?.topics[0]?.key.text).toBe('Not only one sentence here.');
  });
});
