/** A document's text through edits: always what a string and the text library say of it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { DocumentText } from '../../../server/src/text/documentText.ts';

const numRuns = Number(process.env.FUZZ ?? 150);

/** Lines with every line break there is, of which some come from the edits' ends meeting. */
const pieces = fc.array(fc.constantFrom('a', 'word ', '\n', '\r\n', '\r', '🙂', '\n\n', 'A sentence stands here.'), {
  maxLength: 30,
});
const texts = pieces.map((parts) => parts.join(''));
/** Places as parts of the length. */
const edits = fc.array(
  fc.record({ from: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.nat(20), text: texts }),
  { minLength: 1, maxLength: 8 },
);
/** Long enough that edits at both ends are not kept beside each other. */
const filler = 'The river rose in the night.\r\n'.repeat(3000);

/** What is asked of a text, of a place in it and around. */
interface Asked extends Pick<DocumentText, 'offsetAt' | 'positionAt' | 'slice' | 'charAt' | 'lineStart' | 'lineEnd'> {}

/** A string's answers. */
function ofString(text: string): Asked {
  const document = TextDocument.create('', '', 0, text);
  return {
    offsetAt: (position) => document.offsetAt(position),
    positionAt: (offset) => document.positionAt(offset),
    slice: (from, to) => text.slice(from, to),
    charAt: (offset) => text.charAt(offset),
    lineStart: (offset) => (offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1),
    lineEnd: (offset) => (text.indexOf('\n', offset) < 0 ? text.length : text.indexOf('\n', offset) + 1),
  };
}

function answers(asked: Asked, length: number): unknown[] {
  const places = [
    0,
    1,
    length - 1,
    length,
    ...Array.from({ length: 9 }, (_, i) => Math.floor(((i + 1) / 10) * length)),
  ];
  return places
    .filter((place) => place >= 0)
    .map((place) => {
      const position = asked.positionAt(place);
      const { line } = position;
      const around = [
        { line, character: 3 },
        { line: line + 1, character: 1000 },
        { line: line + 9999, character: 0 },
      ];
      return {
        position,
        offsets: [position, ...around].map((each) => asked.offsetAt(each)),
        slices: [asked.slice(place, place + 7), asked.slice(Math.max(0, place - 50), place), asked.charAt(place)],
        line: [asked.lineStart(place), asked.lineEnd(place), asked.positionAt(place + 5)],
      };
    });
}

function expectSame(content: DocumentText, text: string): void {
  expect(content.length).toBe(text.length);
  expect(content.toString()).toBe(text);
  expect(answers(content, text.length)).toEqual(answers(ofString(text), text.length));
}

test.each([
  ['a short text', ''],
  ['a long one', filler],
])('%s after any edits, and every text before', (_, behind) => {
  fc.assert(
    fc.property(texts, edits, (start, list) => {
      const versions = [{ content: DocumentText.of(start + behind), text: start + behind }];
      for (const { from, length, text } of list) {
        const before = versions.at(-1)!;
        const at = Math.round(from * before.text.length);
        const end = Math.min(before.text.length, at + length);
        versions.push({
          content: before.content.replaced(at, end, text),
          text: before.text.slice(0, at) + text + before.text.slice(end),
        });
      }
      for (const { content, text } of behind === '' ? versions : versions.slice(-2)) expectSame(content, text);
    }),
    { numRuns: behind === '' ? numRuns : Math.ceil(numRuns / 5) },
  );
});

describe('edits that go far', () => {
  test('an edit in a line without an end, longer than what is kept beside a text', () => {
    const text = 'word '.repeat(40_000);
    let content = DocumentText.of(text);
    for (let i = 0; i < 3; i++) content = content.replaced(100_000, 100_000, 'x');
    expect(content.slice(99_995, 100_008)).toBe('word xxxword ');
    expect(content.length).toBe(text.length + 3);
  });

  test('a thousand edits from the last to the first, as an editor replaces a word everywhere', () => {
    const text = `${'The gate stands by the river.\n'.repeat(5000)}`;
    let content = DocumentText.of(text);
    const places = [...text.matchAll(/gate/g)].map(({ index }) => index).reverse();
    for (const at of places) content = content.replaced(at, at + 4, 'bridge');
    expect(content.toString()).toBe(text.replaceAll('gate', 'bridge'));
    expect(content.positionAt(content.length)).toEqual({ line: 5000, character: 0 });
  });
});
