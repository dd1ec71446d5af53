/** Whole documents as outlines: fixtures that hold a bit of everything, compared with what was checked by hand. */
import { expect, test } from 'vitest';
import { ProseBuilder, sourceSpan } from '../../../server/src/text/prose.ts';
import analysis from '../../fixtures/prose/analysis.qmd?raw';
import analysisOutline from '../../fixtures/prose/analysis.qmd.json' with { type: 'json' };
import commit from '../../fixtures/prose/commit.txt?raw';
import commitOutline from '../../fixtures/prose/commit.txt.json' with { type: 'json' };
import gate from '../../fixtures/prose/gate.ts.txt?raw';
import gateOutline from '../../fixtures/prose/gate.ts.txt.json' with { type: 'json' };
import guide from '../../fixtures/prose/guide.md?raw';
import guideOutline from '../../fixtures/prose/guide.md.json' with { type: 'json' };
import handbook from '../../fixtures/prose/guide.rst?raw';
import handbookOutline from '../../fixtures/prose/guide.rst.json' with { type: 'json' };
import letter from '../../fixtures/prose/letter.txt?raw';
import letterOutline from '../../fixtures/prose/letter.txt.json' with { type: 'json' };
import manual from '../../fixtures/prose/manual.adoc?raw';
import manualOutline from '../../fixtures/prose/manual.adoc.json' with { type: 'json' };
import notes from '../../fixtures/prose/notes.org?raw';
import notesOutline from '../../fixtures/prose/notes.org.json' with { type: 'json' };
import page from '../../fixtures/prose/page.html?raw';
import pageOutline from '../../fixtures/prose/page.html.json' with { type: 'json' };
import mdxPage from '../../fixtures/prose/page.mdx?raw';
import mdxPageOutline from '../../fixtures/prose/page.mdx.json' with { type: 'json' };
import paper from '../../fixtures/prose/paper.tex?raw';
import paperOutline from '../../fixtures/prose/paper.tex.json' with { type: 'json' };
import report from '../../fixtures/prose/report.typ?raw';
import reportOutline from '../../fixtures/prose/report.typ.json' with { type: 'json' };
import tide from '../../fixtures/prose/tide.py?raw';
import tideOutline from '../../fixtures/prose/tide.py.json' with { type: 'json' };
import { outlineOf, snapshotOf } from '../../support/extracted.ts';

const fixtures = [
  ['quarto', analysis, analysisOutline],
  ['git-commit', commit, commitOutline],
  ['typescript', gate, gateOutline],
  ['markdown', guide, guideOutline],
  ['restructuredtext', handbook, handbookOutline],
  ['plaintext', letter, letterOutline],
  ['asciidoc', manual, manualOutline],
  ['org', notes, notesOutline],
  ['html', page, pageOutline],
  ['mdx', mdxPage, mdxPageOutline],
  ['latex', paper, paperOutline],
  ['typst', report, reportOutline],
  ['python', tide, tideOutline],
] as const;

test.each(fixtures)('a document in %s', (languageId, source, outline) => {
  expect(outlineOf(languageId, source)).toEqual(outline);
});

test('the letter has Windows line ends', () => {
  expect(letter).toContain('\r\n');
});

test.each(fixtures)('Windows line ends in %s change nothing', (languageId, source, outline) => {
  const { sections } = outlineOf(languageId, source.replace(/\r?\n/gu, '\r\n')) as typeof outline;
  expect(sections).toEqual(outline.sections);
});

test.each(fixtures)('a sentence of %s stands where its span says', (languageId, source) => {
  for (const { start, end, text } of snapshotOf(languageId, source).sentences) {
    const [first = '', last = ''] = [/[\p{L}\p{N}]+/u.exec(text)?.[0], text.match(/[\p{L}\p{N}]+/gu)?.at(-1)];
    expect(source.slice(start, end)).toContain(first);
    expect(source.slice(start, end)).toContain(last);
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
