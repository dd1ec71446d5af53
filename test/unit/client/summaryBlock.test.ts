/** The text of an inserted summary: what the server's code action writes, and what the grammar finds. */
import { expect, test } from 'vitest';
import { summaryBlock } from '../../../client/src/summaryBlock.ts';
import { escapeProse } from '../../../server/src/service/insertion.ts';
import grammar from '../../../syntaxes/summary.tmLanguage.json' with { type: 'json' };

const sentences = ['A [link] costs 5 % more, or $5.', 'Snake_case & ~ so^on {1} \\ <b> #2.'];

test.each([
  ['markdown', '> **Summary.** ', '', 'markdown-summary'],
  ['latex', '\\begin{quote}\n\\textbf{Summary.} ', '\n\\end{quote}', 'latex-summary'],
] as const)('%s: escaped as the server escapes, and found by the grammar', (language, before, after, rule) => {
  const block = summaryBlock(language, sentences);
  expect(block).toBe(`${before}${escapeProse(sentences.join(' '), language)}${after}`);
  expect(new RegExp(grammar.repository[rule].match, 'm').exec(block)?.[0]).toContain('Summary.');
});

test.each(['# no heading', '1. no list', '- no item'])('markdown: %s stays prose', (sentence) => {
  expect(summaryBlock('markdown', [sentence])).toBe(`> **Summary.** ${escapeProse(sentence, 'markdown')}`);
});

test('plain text has a label and nothing escaped', () => {
  expect(summaryBlock('plaintext', ['A [link] & more.'])).toBe('Summary: A [link] & more.');
});
