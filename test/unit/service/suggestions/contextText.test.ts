import { describe, expect, test } from 'vitest';
import { textAlong, textBefore } from '../../../../server/src/service/suggestions/contextText.ts';
import { placeAt } from '../../../../server/src/service/suggestions/cursorPlace.ts';
import { snapshotOf } from '../../../support/extracted.ts';

const before = (text: string, sentences: number): string =>
  textBefore(snapshotOf('plaintext', text), {
    kind: 'sentenceStart',
    before: sentences,
    after: sentences,
    section: 0,
    typed: '',
    separator: ' ',
    tail: '',
  });

const beforeOffset = (text: string, offset: number): string => {
  const snapshot = snapshotOf('markdown', text);
  const place = placeAt(snapshot, offset);
  return place.kind === 'silent' ? place.reason : textBefore(snapshot, place);
};

const sentence = (i: number): string => `This is sentence number ${i} of a text that goes on for quite a while.`;
const text = Array.from({ length: 40 }, (_, i) => sentence(i)).join(' ');

test('ends at the place', () => {
  expect(before('One. Two. Three.', 2)).toBe('One. Two.');
  expect(before('One. Two. Three.', 0)).toBe('');
});

test.each([
  ['# Gardens\n\n## Water.\n\nOne. |', 'Gardens: Water: One.'],
  ['# Gardens\n\nOne. Two.\n\n## Water\n\n|', 'Gardens: One. Two. Water:'],
  ['# Gardens\n\nOne.\n\n## Water\n\nTwo.\n\n|\n\n## Soil\n\nThree.', 'Gardens: One. Water: Two.'],
  ['One.\n\n# Water\n\n# Who pays?\n\nTwo. |', 'One. Water: Who pays: Two.'],
])('has the headings: %j', (marked, wanted) => {
  expect(beforeOffset(marked.replace('|', ''), marked.indexOf('|'))).toBe(wanted);
});

test('has no heading of sentences that are too far away', () => {
  const headed = `# Gardens\n\n${text}`;
  expect(beforeOffset(headed, headed.length)).toMatch(/^This is .* while\.$/u);
});

test('is whole sentences, some hundred words at most', () => {
  for (let i = 0; i <= 40; i++) {
    const found = before(text, i);
    const count = found === '' ? 0 : found.split('. ').length;
    expect(count).toBeGreaterThanOrEqual(Math.min(i, 5));
    expect(count).toBeLessThanOrEqual(10);
    expect(found).toBe(Array.from({ length: count }, (_, j) => sentence(i - count + j)).join(' '));
  }
});

test('mostly grows at its end from sentence to sentence', () => {
  const grown = Array.from({ length: 39 }, (_, i) => before(text, i + 1).startsWith(before(text, i)));
  expect(grown.filter((yes) => !yes).length).toBeLessThanOrEqual(8);
});

test('of a sentence without an end the last part', () => {
  expect(before(`${'word '.repeat(4000)}end.`, 1)).toHaveLength(4000);
});

describe('along with the typing', () => {
  const along = (before: number, typed: string): string =>
    textAlong(snapshotOf('plaintext', text), {
      kind: 'midSentence',
      section: 0,
      before,
      after: before + 1,
      typed,
      separator: '',
      tail: '',
    });

  test('is the start of what the next sentence will be behind, block for block', () => {
    for (let i = 1; i < 40; i++) {
      const next = before(text, i + 1);
      for (const typed of [sentence(i).slice(0, 22), sentence(i).slice(0, 30), sentence(i)]) {
        const found = along(i, typed);
        expect(next.startsWith(`${found} `)).toBe(true);
        expect(next.length - found.length).toBeLessThan(sentence(i).length);
      }
    }
  });

  test('ends with a whole word', () => {
    expect(along(1, 'This is sen')).toBe(`${sentence(0)} This is`);
    expect(along(1, 'This is ')).toBe(`${sentence(0)} This is`);
    expect(along(1, 'Thi')).toBe('');
    expect(along(1, '')).toBe('');
  });
});
