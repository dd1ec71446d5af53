/** Whole documents as outlines: fixtures that hold a bit of everything, compared with what was checked by hand. */
import { expect, test } from 'vitest';
import { ProseBuilder, sourceSpan } from '../../../server/src/text/prose.ts';
import guide from '../../fixtures/prose/guide.md?raw';
import guideOutline from '../../fixtures/prose/guide.md.json' with { type: 'json' };
import letter from '../../fixtures/prose/letter.txt?raw';
import letterOutline from '../../fixtures/prose/letter.txt.json' with { type: 'json' };
import paper from '../../fixtures/prose/paper.tex?raw';
import paperOutline from '../../fixtures/prose/paper.tex.json' with { type: 'json' };
import { outlineOf } from '../../support/extracted.ts';

test.each([
  ['markdown', guide, guideOutline],
  ['latex', paper, paperOutline],
  ['plaintext', letter, letterOutline],
] as const)('a document in %s', (languageId, source, outline) => {
  expect(outlineOf(languageId, source)).toEqual(outline);
});

test('the letter has Windows line ends, and every fixture survives them', () => {
  expect(letter).toContain('\r\n');
  for (const [languageId, source, outline] of [
    ['markdown', guide, guideOutline],
    ['latex', paper, paperOutline],
  ] as const) {
    const { sections } = outlineOf(languageId, source.replaceAll('\n', '\r\n')) as typeof outline;
    expect(sections).toEqual(outline.sections);
  }
});

test('the way back to the source', () => {
  const source = 'a **b** &amp; c';
  const builder = new ProseBuilder(source);
  builder.copy(0, 2);
  builder.markup(2, 4);
  builder.copy(4, 5);
  builder.markup(5, 7);
  builder.copy(7, 8);
  builder.replace('&', 8, 13);
  builder.copy(13, 15);
  const prose = builder.finish();
  expect(prose.text).toBe('a b & c');
  const span = (from: number, to: number): string => {
    const { start, end } = sourceSpan(prose, from, to);
    return source.slice(start, end);
  };
  expect(span(2, 3)).toBe('**b**');
  expect(span(4, 5)).toBe('&amp;');
  expect(span(0, 7)).toBe(source);
  expect([...prose.offsets]).toEqual([0, 1, 4, 7, 8, 13, 14]);
});

test('code and formulas are neutral words to the segmenter, and read as they are', () => {
  const builder = new ProseBuilder('`a. B` c');
  builder.replace('a. B', 0, 6, 'word');
  builder.copy(6, 8);
  const { text, masked } = builder.finish();
  expect([text, masked]).toEqual(['a. B c', 'Xxxx c']);
});
