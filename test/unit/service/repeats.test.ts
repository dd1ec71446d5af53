import fc from 'fast-check';
import { expect, test } from 'vitest';
import { finish } from '../../../server/src/base/steps.ts';
import { type ConceptVector, normalized } from '../../../server/src/concepts/conceptVector.ts';
import { cosine } from '../../../server/src/concepts/similarity.ts';
import { RepeatFinder } from '../../../server/src/service/repeats.ts';
import type { SentenceSpan } from '../../../server/src/text/snapshot.ts';
import { snapshotOf } from '../../support/extracted.ts';

const dim = 384;
const rest = 'of the long story that was told to us.';

/** A vector for each of some meanings, and near it for its variants: `3` and `3b` say the same. */
function meaning(name: string): ConceptVector {
  const number = Number.parseInt(name, 10);
  const noise = (seed: number) => {
    let state = (seed * 7919 + 17) % 2147483647;
    return Float32Array.from({ length: dim }, () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647 - 0.5;
    });
  };
  const base = noise(number + 1);
  const variant = name.replace(/^\d+/, '');
  if (variant === '') return normalized(base);
  const other = noise(1000 * variant.charCodeAt(0) + number);
  return normalized(base.map((x, i) => x + 0.3 * (other[i] as number)));
}
const vectorOf = ({ text }: SentenceSpan) => meaning(/Part (\w+)/.exec(text)?.[1] ?? '99');
const documentOf = (names: readonly string[]) =>
  snapshotOf('plaintext', names.map((name) => `Part ${name} ${rest}`).join(' '));

function found(finder: RepeatFinder, names: readonly string[]) {
  const name = ({ text }: SentenceSpan) => /Part (\w+)/.exec(text)?.[1];
  return finish(finder.find(documentOf(names), vectorOf)).map(({ sentence, earlier }) => [
    name(sentence),
    name(earlier),
  ]);
}

test('variants of a meaning are alike, others are not', () => {
  expect(cosine(meaning('3'), meaning('3b'))).toBeGreaterThan(0.92);
  expect(Math.abs(cosine(meaning('3'), meaning('4')))).toBeLessThan(0.3);
});

test('what an earlier sentence said is found, with the most similar one', () => {
  expect(found(new RepeatFinder(), ['1', '2', '1b', '3', '2', '1b'])).toEqual([
    ['1b', '1'],
    ['2', '2'],
    ['1b', '1b'],
  ]);
});

test('an unfinished sentence, a short one and one without a vector are left out', () => {
  const short = snapshotOf('plaintext', 'See the next part. See the next part.');
  expect(finish(new RepeatFinder().find(short, () => meaning('1')))).toEqual([]);
  const unfinished = snapshotOf('plaintext', `Part 1 ${rest} Part 1 of the long story that was told`);
  expect(finish(new RepeatFinder().find(unfinished, () => meaning('1')))).toEqual([]);
  expect(finish(new RepeatFinder().find(documentOf(['1', '1']), () => undefined))).toEqual([]);
});

test('from version to version it finds what it would find from the start', () => {
  const names = fc.array(fc.constantFrom('1', '1b', '1c', '2', '2b', '3', '4', '5'), { maxLength: 12 });
  fc.assert(
    fc.property(fc.array(names, { minLength: 1, maxLength: 6 }), (versions) => {
      const finder = new RepeatFinder();
      for (const version of versions) expect(found(finder, version)).toEqual(found(new RepeatFinder(), version));
    }),
    { numRuns: 60 },
  );
});
