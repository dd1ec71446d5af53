/** Topic segments of a row of vectors: where the subject changes, and nowhere else. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { finish } from '../../../../server/src/base/steps.ts';
import { normalized } from '../../../../server/src/concepts/conceptVector.ts';
import { type SegmentedSentence, segmentsOf } from '../../../../server/src/service/reading/segments.ts';
import { wordVector } from '../../../support/fakeEngine.ts';

/** A row as its subjects' letters, a new paragraph after each `|`; every sentence has some noise of its own. */
function row(subjects: string): SegmentedSentence[] {
  const sentences: SegmentedSentence[] = [];
  let opensParagraph = true;
  for (const [i, letter] of [...subjects].entries()) {
    if (letter === '|') opensParagraph = true;
    else {
      const noise = wordVector(`noise ${i}`);
      sentences.push({
        vector: normalized(wordVector(letter).map((x, d) => x + (noise[d] as number))),
        opensParagraph,
      });
      opensParagraph = false;
    }
  }
  return sentences;
}

/** The row with `/` where one segment ends and the next starts. */
function cut(subjects: string): string {
  const letters = subjects.replaceAll('|', '');
  return finish(segmentsOf(row(subjects)))
    .map(({ first, end }) => letters.slice(first, end))
    .join('/');
}

describe('segmentsOf', () => {
  test.each([
    ['|aaaaaa|bbbbbb|cccccc', 'aaaaaa/bbbbbb/cccccc'],
    // Also inside a paragraph, where it is plain enough.
    ['|aaaaaaaabbbbbbbb', 'aaaaaaaa/bbbbbbbb'],
    // Paragraphs of one subject are one topic.
    ['|aaaa|aaaa|aaaa', 'aaaaaaaaaaaa'],
    // A single stray sentence is none.
    ['|aaaaa|b|aaaaa', 'aaaaabaaaaa'],
    ['|a', 'a'],
    ['|ab', 'ab'],
    ['', ''],
  ])('%s', (subjects, expected) => {
    expect(cut(subjects)).toBe(expected);
  });

  test('what all sentences have in common changes no cut', () => {
    const plain = row('|aaaaaa|bbbb|ccccc|aaaaaa');
    const common = wordVector('common');
    const shifted = plain.map(({ vector, opensParagraph }) => ({
      vector: vector.map((x, d) => x + (common[d] as number)),
      opensParagraph,
    }));
    expect(finish(segmentsOf(plain))).toHaveLength(4);
    expect(finish(segmentsOf(shifted))).toEqual(finish(segmentsOf(plain)));
  });

  test('any row is covered without a gap, in pieces of two or more', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c', 'd', '|'), { maxLength: 160 }), (letters) => {
        const sentences = row(letters.join(''));
        const segments = finish(segmentsOf(sentences));
        expect(segments.flatMap(({ first, end }) => Array.from({ length: end - first }, (_, i) => first + i))).toEqual(
          sentences.map((_, i) => i),
        );
        if (sentences.length > 1) for (const { first, end } of segments) expect(end - first).toBeGreaterThan(1);
      }),
      { numRuns: 60 },
    );
  });

  test('a long row is cut in steps', () => {
    const steps = segmentsOf(row('|aaaaabbbbb'.repeat(30)));
    let count = 0;
    while (steps.next().done !== true) count++;
    expect(count).toBeGreaterThanOrEqual(300);
  });
});
