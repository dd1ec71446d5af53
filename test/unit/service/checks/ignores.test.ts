import { expect, test } from 'vitest';
import { type CheckName, checkNames } from '../../../../server/src/service/checks/finding.ts';
import { ignoreComment, ignoresIn } from '../../../../server/src/service/checks/ignores.ts';
import { snapshotOf } from '../../../support/extracted.ts';

/** What is ignored of each sentence, by its first word. */
function ignored(text: string, languageId = 'markdown'): Record<string, CheckName[]> {
  const snapshot = snapshotOf(languageId, text);
  const ignores = ignoresIn(snapshot);
  const of = snapshot.sentences.map((sentence) => {
    const names = checkNames.filter((check) => ignores.covers(check, sentence));
    return [sentence.text.split(' ')[0], names] as const;
  });
  return Object.fromEntries(of.filter(([, names]) => names.length > 0));
}

test.each([
  ['in front of a paragraph', '<!-- foresay:ignore repeats -->\nOne is here. Two is here.\n\nThree is here.'],
  ['with a blank line between', '<!-- foresay:ignore repeats -->\n\nOne is here. Two is here.\n\nThree is here.'],
  ['in a paragraph', 'One is here. <!-- foresay:ignore repeats --> Two is here.\n\nThree is here.'],
])('a comment %s holds for that paragraph', (_, text) => {
  expect(ignored(text)).toEqual({ One: ['repeats'], Two: ['repeats'] });
});

test('several checks can be named, or none for all', () => {
  expect(ignored('<!-- foresay:ignore jump, drift -->\nOne is here.')).toEqual({ One: ['drift', 'jump'] });
  expect(ignored('<!-- foresay:ignore -->\nOne is here.')).toEqual({ One: [...checkNames] });
});

test('a comment can hold for the whole file, wherever it stands', () => {
  expect(ignored('One is here.\n\nTwo is here.\n\n<!-- foresay:ignore-file topic -->')).toEqual({
    One: ['topic'],
    Two: ['topic'],
  });
});

test('a name that nobody knows ignores nothing, nor does a word that only begins like the mark', () => {
  expect(ignored('<!-- foresay:ignore repaets -->\nOne is here.')).toEqual({});
  expect(ignored('<!-- foresay:ignored -->\nOne is here.')).toEqual({});
  expect(ignored('<!-- foresay:ignore-files -->\nOne is here.')).toEqual({});
});

test('only a comment is heard', () => {
  expect(ignored('One says foresay:ignore repeats and goes on.')).toEqual({});
  expect(ignored('foresay:ignore repeats\nOne is here.', 'plaintext')).toEqual({});
});

const plainProse = (comment: string) => `${comment}\nOne is here.\n\nTwo is here.`;

test.each([
  ...['markdown', 'quarto', 'mdx', 'latex', 'asciidoc', 'restructuredtext', 'typst', 'org'].map(
    (languageId) => [languageId, plainProse] as const,
  ),
  ['html', (comment: string) => `${comment}\n<p>One is here.</p>\n<p>Two is here.</p>`] as const,
  ['git-commit', (comment: string) => `A subject\n\n${plainProse(comment)}`] as const,
])('%s: the comment that is written is the comment that is read', (languageId, documentWith) => {
  for (const check of checkNames) {
    const here = documentWith(ignoreComment(languageId, check, 'here') ?? '');
    expect(ignored(here, languageId)).toEqual({ One: [check] });
    const everywhere = documentWith(ignoreComment(languageId, check, 'file') ?? '');
    expect(ignored(everywhere, languageId)).toEqual({ One: [check], Two: [check] });
  }
});

test('where a language has no comments, none is written', () => {
  expect(ignoreComment('plaintext', 'repeats', 'here')).toBeUndefined();
});
