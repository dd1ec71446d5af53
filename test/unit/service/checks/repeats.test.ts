import fc from 'fast-check';
import { expect, test } from 'vitest';
import { finish } from '../../../../server/src/base/steps.ts';
import { type ConceptVector, normalized } from '../../../../server/src/concepts/conceptVector.ts';
import { cosine } from '../../../../server/src/concepts/similarity.ts';
import { RepeatFinder } from '../../../../server/src/service/checks/repeats.ts';
import type { SentenceSpan } from '../../../../server/src/text/snapshot.ts';
import { snapshotOf } from '../../../support/extracted.ts';

const dim = 384;
/** How variants of a meaning are worded: nobody would take one for another with a word exchanged. */
const wordings: Readonly<Record<string, string>> = {
  '': 'of the long story that was told to us.',
  b: 'of the long story, as the old song has it, that was told to us.',
  c: 'of the long story that people told us on the winter evenings.',
};

const names = ['1', '1b', '1c', '2', '2b', '3', '4', '5'];

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
const sentenceOf = (name: string) => `Part ${Number.parseInt(name, 10)} ${wordings[name.replace(/^\d+/, '')]}`;
const nameOf = ({ text }: SentenceSpan) => names.find((name) => sentenceOf(name) === text) ?? '99';
const vectorOf = (sentence: SentenceSpan) => meaning(nameOf(sentence));
const documentOf = (parts: readonly string[]) => snapshotOf('plaintext', parts.map(sentenceOf).join(' '));

function found(finder: RepeatFinder, names: readonly string[]) {
  return finish(finder.find(documentOf(names), vectorOf)).map(({ sentence, earlier }) => [
    nameOf(sentence),
    nameOf(earlier),
  ]);
}

test('variants of a meaning are alike, others are not', () => {
  expect(cosine(meaning('3'), meaning('3b'))).toBeGreaterThan(0.92);
  expect(Math.abs(cosine(meaning('3'), meaning('4')))).toBeLessThan(0.3);
});

test('what an earlier sentence said is found, with the most similar one', () => {
  expect(found(new RepeatFinder(0.9), ['1', '2', '1b', '3', '2', '1b'])).toEqual([
    ['1b', '1'],
    ['2', '2'],
    ['1b', '1b'],
  ]);
});

test('an unfinished sentence, a short one and one without a vector are left out', () => {
  const short = snapshotOf('plaintext', 'See the next part. See the next part.');
  expect(finish(new RepeatFinder(0.9).find(short, () => meaning('1')))).toEqual([]);
  const unfinished = snapshotOf('plaintext', `${sentenceOf('1')} Part 1 of the long story that was told`);
  expect(finish(new RepeatFinder(0.9).find(unfinished, () => meaning('1')))).toEqual([]);
  expect(finish(new RepeatFinder(0.9).find(documentOf(['1', '1']), () => undefined))).toEqual([]);
});

test('from version to version it finds what it would find from the start', () => {
  const parts = fc.array(fc.constantFrom(...names), { maxLength: 12 });
  fc.assert(
    fc.property(fc.array(parts, { minLength: 1, maxLength: 6 }), (versions) => {
      const finder = new RepeatFinder(0.9);
      for (const version of versions) expect(found(finder, version)).toEqual(found(new RepeatFinder(0.9), version));
    }),
    { numRuns: 60 },
  );
});
