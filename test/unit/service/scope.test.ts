/** From an offset or a selection to the sentences it means: the cursor is `|`, a selection `[…]`. */
import { describe, expect, test } from 'vitest';
import { sentenceAt, sentencesIn, spanToSummarize } from '../../../server/src/service/scope.ts';
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
    const found = spanToSummarize(snapshot, span, 'selection');
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
    const found = spanToSummarize(snapshotOf('markdown', document), { start: offset, end: offset }, 'section');
    expect(found && document.slice(found.start, found.end).trim()).toBe(expected);
  });

  test('a document without prose has none', () => {
    expect(spanToSummarize(snapshotOf('markdown', ''), { start: 0, end: 0 }, 'section')).toBeUndefined();
  });
});
