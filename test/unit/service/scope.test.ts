/** From an offset or a selection to the sentences it means: the cursor is `|`, a selection `[…]`. */
import { describe, expect, test } from 'vitest';
import {
  hasSubsections,
  sentenceAt,
  sentencesIn,
  subjectAt,
  subjectOfLevel,
  titleOf,
} from '../../../server/src/service/scope.ts';
import { snapshotOf } from '../../support/extracted.ts';

describe('sentenceAt', () => {
  test.each([
    ['|One. Two.', 'One.'],
    ['On|e. Two.', 'One.'],
    ['One.| Two.', 'One.'],
    ['One. |Two.', 'Two.'],
    ['One. Two.|', 'Two.'],
    ['今天。|我们。', '我们。'],
    ['One.\n\n|\nTwo.', undefined],
    ['# He|ad\n\nOne.', undefined],
    ['One.\n\n```\nco|de\n```', undefined],
    ['|', undefined],
    ['- One.\n- Tw|o', 'Two'],
  ])('%j', (source, expected) => {
    const snapshot = snapshotOf('markdown', source.replace('|', ''));
    expect(sentenceAt(snapshot, source.indexOf('|'))?.text).toBe(expected);
  });

  test('in a long document, as a search from the start finds it', () => {
    const text = Array.from({ length: 400 }, (_, i) => `Sentence ${i} is here.${i % 3 === 0 ? '\n\n' : ' '}`).join('');
    const snapshot = snapshotOf('plaintext', text);
    for (let offset = 0; offset <= text.length; offset += 5) {
      const expected = snapshot.sentences.findLast(({ start, end }) => start <= offset && offset <= end);
      expect(sentenceAt(snapshot, offset)).toBe(expected);
    }
  });
});

/** The source without its brackets, and what they enclose. */
function selection(source: string) {
  const start = source.indexOf('⟦');
  const end = source.indexOf('⟧') - 1;
  const text = source.replace(/[⟦⟧]/gu, '');
  return { text, snapshot: snapshotOf('markdown', text), span: { start, end } };
}

describe('a selection means every sentence it touches, whole', () => {
  test.each([
    ['One. T⟦wo. Thr⟧ee. Four.', ['Two.', 'Three.'], 'Two. Three.'],
    ['⟦One.⟧ Two.', ['One.'], 'One.'],
    ['One.⟦ ⟧Two.', [], undefined],
    ['# H⟦ead\n\nOne. Tw⟧o.', ['One.', 'Two.'], 'One. Two.'],
    ['⟦```\ncode\n```⟧', [], undefined],
  ])('%j', (source, sentences, whole) => {
    const { text, snapshot, span } = selection(source);
    expect(sentencesIn(snapshot, span).map((sentence) => sentence.text)).toEqual(sentences);
    const found = subjectAt(snapshot, span, 'selection')?.span;
    expect(found && text.slice(found.start, found.end)).toBe(whole);
  });
});

describe('a section is the one around the cursor', () => {
  const document = [
    'Intro one. Intro two.',
    '# Head',
    'A first. A second.',
    '## Sub',
    'B first. B second.',
    '# Short',
    'Only one.',
    '## Inner',
    'C first.',
    '### Deep',
    'D first.',
    '# Empty',
    '```\ncode\n```',
  ].join('\n\n');
  test.each([
    ['before the first heading', 'Intro two', 'Intro one. Intro two.'],
    ['its own body without its subsections', 'A second', 'A first. A second.'],
    ['at its heading', '# Head', 'A first. A second.'],
    ['a subsection', 'B first', 'B first. B second.'],
    [
      'with too little of its own, its subsections too',
      'Only one',
      'Only one.\n\n## Inner\n\nC first.\n\n### Deep\n\nD first.',
    ],
    ['the same further in', 'C first', 'C first.\n\n### Deep\n\nD first.'],
    ['without prose', 'code', undefined],
  ])('%s', (_, at, expected) => {
    const offset = document.indexOf(at);
    const snapshot = snapshotOf('markdown', document);
    const found = subjectAt(snapshot, { start: offset, end: offset }, 'section')?.span;
    expect(found && document.slice(found.start, found.end).trim()).toBe(expected);
  });

  test('a document without prose has none', () => {
    for (const scope of ['section', 'subtree', 'document', 'selection'] as const) {
      expect(subjectAt(snapshotOf('markdown', ''), { start: 0, end: 0 }, scope)).toBeUndefined();
    }
  });

  test.each([
    ['A second', 'A first. A second.\n\n## Sub\n\nB first. B second.', true],
    ['B second', 'B first. B second.', false],
    ['Intro two', 'Intro one. Intro two.', false],
    ['code', undefined, false],
  ])('with its subsections, from %s', (at, expected, more) => {
    const offset = document.indexOf(at);
    const snapshot = snapshotOf('markdown', document);
    const found = subjectAt(snapshot, { start: offset, end: offset }, 'subtree');
    expect(found && document.slice(found.span.start, found.span.end).trim()).toBe(expected);
    expect(hasSubsections(snapshot, offset)).toBe(more);
  });

  test.each([
    ['C first', 1, 'Short'],
    ['D first', 2, 'Inner'],
    ['B second', 2, 'Sub'],
    ['B second', 3, undefined],
    ['Intro two', 0, ''],
  ])('from %s, of level %i', (at, level, heading) => {
    const snapshot = snapshotOf('markdown', document);
    expect(subjectOfLevel(snapshot, document.indexOf(at), level, 'section')?.heading).toBe(heading);
  });

  test.each([
    ['# T\n\nOne.\n\n## A\n\nTwo.', 'T'],
    ['# T\n\n# A\n\nTwo.', undefined],
    ['One.\n\n# T\n\nTwo.', undefined],
    ['One.', undefined],
  ])('the document %j has the title %j', (text, title) => {
    const snapshot = snapshotOf('markdown', text);
    expect(titleOf(snapshot)?.heading).toBe(title);
    expect(subjectAt(snapshot, { start: 0, end: 0 }, 'document')).toMatchObject({
      span: { start: 0, end: text.length },
      heading: title ?? '',
    });
  });
});
