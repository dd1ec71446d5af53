/** Flow from sentence to sentence, and how each figure stands among the document's. */
import { expect, test } from 'vitest';
import { finish } from '../../../../server/src/base/steps.ts';
import { cosine } from '../../../../server/src/concepts/similarity.ts';
import { flowOf } from '../../../../server/src/service/reading/flow.ts';
import type { SentenceSpan } from '../../../../server/src/text/snapshot.ts';
import { snapshotOf } from '../../../support/extracted.ts';
import { encodeWords } from '../../../support/fakeEngine.ts';

const vectorOf = ({ text }: SentenceSpan) => encodeWords(text);

test('each sentence beside the one before it, across paragraphs and not across headings', () => {
  const snapshot = snapshotOf('markdown', 'One stands here. Two stands here.\n\nThree.\n\n# New\n\nFour. Five.');
  const steps = finish(flowOf(snapshot, vectorOf));
  expect(steps.map(({ sentence }) => sentence.text)).toEqual(['Two stands here.', 'Three.', 'Five.']);
  expect(steps[0]?.similarity).toBeCloseTo(cosine(encodeWords('One stands here.'), encodeWords('Two stands here.')), 6);
  // Three figures say nothing about how one stands among them.
  expect(steps.map(({ band }) => band)).toEqual(['usual', 'usual', 'usual']);
});

test('a sentence without a vector is no step, nor is the one after it', () => {
  const snapshot = snapshotOf('plaintext', 'One. Two. Three. Four.');
  const steps = finish(flowOf(snapshot, (sentence) => (sentence.text === 'Two.' ? undefined : vectorOf(sentence))));
  expect(steps.map(({ sentence }) => sentence.text)).toEqual(['Four.']);
});

test('the lowest tenth jumps, the highest tenth says the same, the middle is as usual', () => {
  // Turned by a little more from each sentence to the next: 1 to 20 hundredths of a circle's half.
  let angle = 0;
  const angles = Array.from({ length: 21 }, (_, i) => {
    angle += (i * Math.PI) / 100;
    return angle;
  });
  const snapshot = snapshotOf('plaintext', angles.map((_, i) => `Sentence ${i}.`).join(' '));
  const steps = finish(
    flowOf(snapshot, ({ text }) => {
      const at = angles[Number(/\d+/.exec(text)?.[0])] as number;
      return Float32Array.of(Math.cos(at), Math.sin(at));
    }),
  );
  const bands = steps.map(({ band }) => band);
  expect(bands).toEqual([
    ...Array(2).fill('same'),
    ...Array(4).fill('close'),
    ...Array(8).fill('usual'),
    ...Array(4).fill('apart'),
    ...Array(2).fill('jump'),
  ]);
});

test('equal figures stand in one band', () => {
  const snapshot = snapshotOf('plaintext', Array.from({ length: 30 }, () => 'The same again.').join(' '));
  expect(new Set(finish(flowOf(snapshot, vectorOf)).map(({ band }) => band)).size).toBe(1);
});
