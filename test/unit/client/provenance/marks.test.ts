/** Marks of accepted text over edits and over what happens to a file elsewhere; `[…]` is what is marked. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Edit,
  edited,
  extended,
  type Mark,
  restored,
  type Span,
  stored,
} from '../../../../client/src/provenance/marks.ts';

const at = '2026-11-25T12:00:00.000Z';

function parsed(marked: string): { text: string; marks: Mark[] } {
  const pieces: Span[] = [];
  let text = '';
  for (const part of marked.split(/(?<=\])|(?=\[)/)) {
    const bare = part.replace(/^\[|\]$/g, '');
    if (part.startsWith('[')) pieces.push({ start: text.length, end: text.length + bare.length });
    text += bare;
  }
  const length = pieces.reduce((sum, { start, end }) => sum + end - start, 0);
  return { text, marks: [{ pieces, length, seed: 7, at }] };
}

function shown(text: string, marks: readonly Mark[]): string {
  const pieces = marks.flatMap((mark) => mark.pieces);
  return pieces
    .toReversed()
    .reduce((left, { start, end }) => `${left.slice(0, start)}[${left.slice(start, end)}]${left.slice(end)}`, text);
}

/** The text with `from` replaced by `to`, and the edit that does so. */
function replaced(text: string, from: string, to: string): { text: string; edit: Edit } {
  const start = text.indexOf(from);
  const edit = { start, end: start + from.length, inserted: to.length };
  return { text: text.slice(0, start) + to + text.slice(edit.end), edit };
}

describe('after an edit', () => {
  test.each([
    ['before it', 'Once. [It rained all day.] Then.', 'Once', 'Twice or so', 'Twice or so. [It rained all day.] Then.'],
    ['behind it', 'Once. [It rained all day.] Then.', ' Then', ' Later', 'Once. [It rained all day.] Later.'],
    ['of one word inside', 'Once. [It rained all day.]', 'rained', 'snowed', 'Once. [It ]snowed[ all day.]'],
    ['that adds a word', 'Once. [It rained all day.]', 'all ', 'all this ', 'Once. [It rained ]all this [day.]'],
    ['of its start', 'Once. [It rained all day.]', 'Once. It', 'Twice it', 'Twice it[ rained all day.]'],
    ['that takes most of it', 'Once. [It rained all day.]', 'It rained all', 'We sang', 'Once. We sang day.'],
    ['that takes all of it', 'Once. [It rained.] Then.', 'It rained. ', '', 'Once. Then.'],
    ['right in front of it', 'Once.[ It rained.]', 'Once.', 'Once. Really.', 'Once. Really.[ It rained.]'],
  ])('%s', (_, source, from, to, expected) => {
    const { text, marks } = parsed(source);
    const { text: after, edit } = replaced(text, from, to);
    expect(shown(after, edited(marks, [edit]))).toBe(expected);
  });

  test('typing inside, and taking that back, leaves it whole', () => {
    const { text, marks } = parsed('[It rained all day.]');
    const typed = edited(marks, [{ start: 2, end: 2, inserted: 4 }]);
    expect(typed[0]?.pieces).toHaveLength(2);
    expect(shown(text, edited(typed, [{ start: 2, end: 6, inserted: 0 }]))).toBe('[It rained all day.]');
  });

  test('several at once count in the text before them', () => {
    const { marks } = parsed('One. [It rained.] Two.');
    const edits = [
      { start: 0, end: 3, inserted: 5 },
      { start: 16, end: 19, inserted: 0 },
    ];
    expect(shown('Three. It rained. .', edited(marks, edits))).toBe(
      'Three.[ It rained].'.replace('.[ It rained]', '. [It rained.] '),
    );
  });

  test('whatever the edits, pieces stay in order, in the text, and apart', () => {
    const edit = fc.record({ start: fc.nat(30), end: fc.nat(30), inserted: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 6 }), (edits) => {
        let marks = parsed('Once. [It rained all day.] Then we sang.').marks;
        let length = 40;
        for (const { start, end, inserted } of edits) {
          const [a, b] = [Math.min(start, end, length), Math.min(Math.max(start, end), length)];
          marks = edited(marks, [{ start: a, end: b, inserted }]);
          length += inserted - (b - a);
        }
        let last = -1;
        for (const piece of marks.flatMap(({ pieces }) => pieces)) {
          expect(piece.start).toBeGreaterThan(last);
          expect(piece.end).toBeGreaterThan(piece.start);
          expect(piece.end).toBeLessThanOrEqual(length);
          last = piece.end;
        }
      }),
    );
  });
});

test('what is accepted by words is one mark', () => {
  const { text, marks } = parsed('Once. [It rained] all day. Then.');
  const grown = extended(marks, 23);
  expect(shown(text, grown)).toBe('Once. [It rained all day]. Then.');
  expect(grown[0]?.length).toBe(17);
});

describe('on disk', () => {
  const source = 'Once. [It rained ]nearly[ all day.] Then.';

  test('no text is kept', () => {
    const { text, marks } = parsed(source);
    expect(JSON.stringify(stored(marks, text))).not.toMatch(/rained|day/);
  });

  test.each([
    ['unchanged', (text: string) => text, source],
    ['changed before it', (text: string) => `A new start. ${text}`, `A new start. ${source}`],
    ['moved', (text: string) => text.slice(6) + text.slice(0, 6), `${source.slice(6)}Once. `],
    ['changed inside', (text: string) => text.replace('day', 'night'), 'Once. [It rained ]nearly all night. Then.'],
    ['rewritten', () => 'Once. We sang. Then.', 'Once. We sang. Then.'],
  ])('%s', (_, change, expected) => {
    const { text, marks } = parsed(source);
    const after = change(text);
    const [kept] = [restored(JSON.parse(JSON.stringify(stored(marks, text))), after)];
    expect(shown(after, kept)).toBe(expected);
    if (kept[0]) expect(kept[0]).toMatchObject({ seed: 7, at });
  });
});
