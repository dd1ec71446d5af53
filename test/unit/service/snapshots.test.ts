/** Snapshots: what an edit leaves is what an extraction from scratch gives, and only what it touched was read again. */
import type { Input } from '@lezer/common';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { finish } from '../../../server/src/base/steps.ts';
import { changeDocument, openDocument, readSnapshot } from '../../../server/src/service/snapshots.ts';
import { markdownParser } from '../../../server/src/text/markdownGrammar.ts';
import { type DocumentSnapshot, maximumLength } from '../../../server/src/text/snapshot.ts';
import { applied, documentOf, documents, edits, languages, plain } from '../../support/documents.ts';

// Hundreds of documents on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const open = (languageId: string, text: string, version = 1): DocumentSnapshot =>
  openDocument({ uri: 'file:///a', languageId, version, text });

/** Reads up to so many steps of a snapshot and leaves it there. */
function readSome(snapshot: DocumentSnapshot, count: number): void {
  const steps = readSnapshot(snapshot);
  for (let i = 0; i < count && steps.next().done !== true; i++);
}

/** Runs of the property test; `FUZZ=20000` looks deeper. */
const numRuns = Number(process.env.FUZZ ?? 150);

describe.each(languages)('%s', (languageId) => {
  test('after any edits, everything is as from scratch', () => {
    const steps = fc.array(edits(languageId), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(documents(languageId), steps, (text, list) => {
        let snapshot = open(languageId, text);
        // Changed with it and read at the end only, like the versions in a writer's burst of typing.
        let unread = open(languageId, text);
        // Read by one or two who are not done with it when the next version comes.
        let hurried = open(languageId, text);
        expect(plain(unread)).toEqual(plain(snapshot));
        for (const [i, step] of list.entries()) {
          const next = applied(snapshot.text, step);
          snapshot = changeDocument(snapshot, next.changes, i + 2);
          unread = changeDocument(unread, next.changes, i + 2);
          hurried = changeDocument(hurried, next.changes, i + 2);
          readSome(hurried, 3 * i + 1);
          if (i % 2 === 1) readSome(hurried, 2);
          expect(plain(snapshot)).toEqual(plain(open(languageId, next.text, i + 2)));
        }
        expect(plain(unread)).toEqual(plain(snapshot));
        finish(readSnapshot(hurried));
        expect(plain(hurried)).toEqual(plain(snapshot));
      }),
      { numRuns, seed: Number(process.env.SEED ?? 3) },
    );
  });

  test('whatever the text, spans are in order and hold what they say', () => {
    fc.assert(
      fc.property(documents(languageId), (text) => {
        const { sections, paragraphs, sentences, nonProse } = open(languageId, text);
        let at = 0;
        for (const [i, { start, end, text: plainText, paragraph, section }] of sentences.entries()) {
          expect(start).toBeGreaterThanOrEqual(at);
          expect(end).toBeGreaterThan(start);
          expect(plainText).toBe(plainText.replace(/\s+/gu, ' ').trim());
          expect(plainText).not.toBe('');
          const own = paragraphs[paragraph]!;
          expect(i >= own.firstSentence && i < own.endSentence && own.start <= start && end <= own.end).toBe(true);
          expect(sections[section]!.start <= start && end <= sections[section]!.end).toBe(true);
          at = end;
        }
        expect(at).toBeLessThanOrEqual(text.length);
        expect(sections.map(({ start }) => start)).toEqual([0, ...sections.slice(0, -1).map(({ end }) => end)]);
        expect(sections.at(-1)!.end).toBe(text.length);
        let islandAt = 0;
        for (const { start, end } of nonProse) {
          expect(start).toBeGreaterThanOrEqual(islandAt);
          expect(end).toBeGreaterThan(start);
          islandAt = start;
        }
        for (const { prose } of paragraphs) {
          expect(prose.offsets).toHaveLength(prose.text.length);
          expect([...prose.offsets].every((offset, i, all) => i === 0 || offset >= all[i - 1]!)).toBe(true);
        }
      }),
      { numRuns, seed: Number(process.env.SEED ?? 4) },
    );
  });

  test('a keystroke in 5,000 sentences reads one paragraph again', () => {
    const blocks = Array.from(
      { length: 1250 },
      (_, i) => `Sentence ${i} opens the paragraph. Its second says little. The third has more. So has number ${i}.`,
    );
    const text = documentOf(languageId, blocks);
    const before = open(languageId, text);
    expect(before.sentences).toHaveLength(5000);
    for (const number of [0, 1, 390, 625, 960, 1249]) {
      // In a word, or behind the paragraph's last one.
      const at = number % 2 === 0 ? text.indexOf(`Sentence ${number} `) + 3 : text.indexOf(`number ${number}.`) + 8;
      const after = changeDocument(before, [{ start: at, end: at, text: 'x' }], 2);
      const kept = new Set(before.paragraphs.map(({ prose }) => prose));
      const readAgain = after.paragraphs.filter(({ prose }) => !kept.has(prose));
      expect(after.paragraphs).toHaveLength(1250);
      // Beside the paragraph of the edit at most the two it touches.
      expect(readAgain.length).toBeGreaterThan(0);
      expect(readAgain.length).toBeLessThanOrEqual(3);
      const ids = new Set(before.sentences.map(({ id }) => id));
      expect(after.sentences.filter(({ id }) => !ids.has(id)).length).toBeLessThanOrEqual(1);
    }
  });
});

describe('long Markdown, which is parsed in stretches', () => {
  const filler = `${'The gate was closed and the river rose. '.repeat(30)}\n\n`;
  const long = fc
    .array(documents('markdown'), { minLength: 8, maxLength: 24 })
    .map((parts) => parts.map((part) => `${part}\n\n${filler}`).join(''));

  test('after any edits, everything is as from scratch', () => {
    const steps = fc.array(edits('markdown'), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(long, steps, (text, list) => {
        let snapshot = open('markdown', text);
        expect(snapshot.text.length).toBeGreaterThan(9000);
        for (const [i, step] of list.entries()) {
          const next = applied(snapshot.text, step);
          snapshot = changeDocument(snapshot, next.changes, i + 2);
          expect(plain(snapshot)).toEqual(plain(open('markdown', next.text, i + 2)));
        }
      }),
      { numRuns: Math.ceil(numRuns / 5), seed: Number(process.env.SEED ?? 3) },
    );
  });

  test.each([
    ['a word', 'x'],
    ['a paragraph', '\n\nNew.\n\n'],
    ['a definition', '\n\n[ref]: http://a.b\n\n'],
  ])('%s typed into it has little parsed again', (_, insert) => {
    const text = filler.repeat(300);
    const snapshot = open('markdown', text);
    expect(snapshot.paragraphs).toHaveLength(300);
    const parse = vi.spyOn(markdownParser, 'startParse');
    const at = filler.length * 150 + 100;
    const changed = text.slice(0, at) + insert + text.slice(at);
    const next = changeDocument(snapshot, [{ start: at, end: at, text: insert }], 2);
    expect(plain(next)).toEqual(plain(open('markdown', changed, 2)));
    const parsed = parse.mock.calls.map(([input]) => (input as Input).length);
    parse.mockRestore();
    expect(parsed).toEqual([expect.any(Number), changed.length]);
    expect(parsed[0]).toBeLessThan(30_000);
  });

  test('a fence typed into it takes all that is behind, and gives it back', () => {
    const text = filler.repeat(100);
    const snapshot = open('markdown', text);
    const at = filler.length * 20;
    const next = changeDocument(snapshot, [{ start: at, end: at, text: '```\n' }], 2);
    expect(next.paragraphs).toHaveLength(20);
    const back = changeDocument(next, [{ start: at, end: at + 4, text: '' }], 3);
    expect(plain(back)).toEqual(plain(open('markdown', text, 3)));
  });
});

test('a keystroke in a list of 1,000 items reads a few items again', () => {
  const text = Array.from({ length: 1000 }, (_, i) => `- Item ${i} says something. It is short.\n`).join('');
  const before = open('markdown', text);
  const kept = new Set(before.paragraphs.map(({ prose }) => prose));
  const at = text.indexOf('Item 500') + 4;
  const after = changeDocument(before, [{ start: at, end: at, text: 's' }], 2);
  expect(after.sentences).toHaveLength(2000);
  // Lezer parses an item and its neighbors again, from the line above: a list item's end is only known from what follows.
  expect(after.paragraphs.filter(({ prose }) => !kept.has(prose)).length).toBeLessThanOrEqual(8);
});

test('a long burst of typing that nobody reads', () => {
  const text = 'One. Two.\n\nThree.\n';
  let snapshot = open('markdown', text);
  expect(snapshot.sentences).toHaveLength(3);
  for (let i = 0; i < 350; i++) {
    const typed = i % 5 === 4 ? '. ' : 'x';
    snapshot = changeDocument(
      snapshot,
      [{ start: snapshot.text.length, end: snapshot.text.length, text: typed }],
      i + 2,
    );
  }
  expect(plain(snapshot)).toEqual(plain(open('markdown', snapshot.text, 351)));
});

test('a word replaced at hundreds of places at once', () => {
  const text = 'The gate stands.\n\nA gate.\n\n'.repeat(200);
  const snapshot = open('markdown', text);
  expect(snapshot.sentences).toHaveLength(400);
  // The last place first, as VS Code tells of them.
  const places = [...text.matchAll(/gate/g)].map(({ index }) => index).reverse();
  const changes = places.map((start) => ({ start, end: start + 4, text: 'bridge' }));
  const changed = text.replaceAll('gate', 'bridge');
  expect(plain(changeDocument(snapshot, changes, 2))).toEqual(plain(open('markdown', changed, 2)));
});

test('a table that comes and goes ends the paragraph above it, and does not', () => {
  const text = `Title.\n${'The river rose. '.repeat(10)}\n| a | b |\n|---|---|\n`;
  const snapshot = open('markdown', text);
  const at = text.lastIndexOf('-');
  const none = `${text.slice(0, at)}x${text.slice(at + 1)}`;
  const without = changeDocument(snapshot, [{ start: at, end: at + 1, text: 'x' }], 2);
  expect(plain(without)).toEqual(plain(open('markdown', none, 2)));
  const again = changeDocument(without, [{ start: at, end: at + 1, text: '-' }], 3);
  expect(plain(again)).toEqual(plain(open('markdown', text, 3)));
});

test('equal sentences have equal ids, wherever they stand and however they are marked up', () => {
  const { sentences } = open('markdown', 'It is so. It *is*\nso.\n\n- It is [so](x.y).\n- It is not.');
  expect(sentences.map(({ text }) => text)).toEqual(['It is so.', 'It is so.', 'It is so.', 'It is not.']);
  expect(new Set(sentences.slice(0, 3).map(({ id }) => id)).size).toBe(1);
  expect(sentences[3]?.id).not.toBe(sentences[0]?.id);
});

test('a document that is too large has nothing in it, and may become small again', () => {
  const large = 'Much text. '.repeat(Math.ceil((maximumLength + 1) / 11));
  const snapshot = open('plaintext', large);
  expect(snapshot.tooLarge).toBe(true);
  expect([snapshot.sentences, snapshot.paragraphs, snapshot.sections, snapshot.nonProse]).toEqual([[], [], [], []]);
  const small = changeDocument(snapshot, [{ start: 20, end: large.length, text: '' }], 2);
  expect(small.tooLarge).toBe(false);
  expect(small.sentences).toHaveLength(2);
  const again = changeDocument(small, [{ start: 20, end: 20, text: large.slice(20) }], 3);
  expect(again.tooLarge).toBe(true);
});

test('a snapshot never changes: the one before an edit still answers for its own text', () => {
  const before = open('latex', 'One. Two.\n\nThree.');
  const copy = JSON.stringify(plain(before));
  changeDocument(before, [{ start: 0, end: 3, text: 'Uno' }], 2);
  expect(JSON.stringify(plain(before))).toBe(copy);
});
