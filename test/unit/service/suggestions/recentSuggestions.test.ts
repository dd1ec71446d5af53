/** Kept suggestions: still good while the writer types one of them, and for nothing else. */
import { describe, expect, test } from 'vitest';
import { RecentSuggestions } from '../../../../server/src/service/suggestions/recentSuggestions.ts';
import { snapshotOf } from '../../../support/extracted.ts';

const before = 'The river rose.';
const items = [
  { insertText: ' It fell again.', score: 0.9, near: '', heading: '' },
  { insertText: ' It froze.', score: 0.7, near: '', heading: '' },
  { insertText: ' Nobody saw it.', score: 0.5, near: '', heading: '' },
];

function kept(text = before, enoughFor = 3): RecentSuggestions {
  const recent = new RecentSuggestions();
  recent.keep(snapshotOf('plaintext', text), before.length, 'settings', enoughFor, items);
  return recent;
}

/** What is left when the document is now `text`, with the cursor at `|`. */
function left(recent: RecentSuggestions, text: string, settings = 'settings', least = 3): string[] | undefined {
  const snapshot = snapshotOf('plaintext', text.replace('|', ''));
  const left = recent.remainder(snapshot, text.indexOf('|'), settings, { least, most: least });
  return left?.map(({ insertText }) => insertText);
}

describe('what is left', () => {
  test.each([
    ['all of them at the same place', `${before}|`, items.map(({ insertText }) => insertText)],
    ['the rest of those typed into', `${before} It f|`, ['ell again.', 'roze.']],
    ['the rest of the one typed into', `${before} N|`, ['obody saw it.']],
    ['nothing once something else is typed', `${before} He|`, undefined],
    ['nothing once it is typed to its end', `${before} It froze.|`, undefined],
    ['nothing before the place', 'The river| rose.', undefined],
    ['nothing where the text before differs', 'A river rose.|', undefined],
    ['nothing where the text behind differs', `${before}| More.`, undefined],
  ])('%s', (_, text, expected) => expect(left(kept(), text)).toEqual(expected));

  test('the text behind may be there from the start', () => {
    const recent = kept(`${before}\n\nMore.`);
    expect(left(recent, `${before} It|\n\nMore.`)).toEqual([' fell again.', ' froze.']);
    expect(left(recent, `${before} It|\n\nLess.`)).toBeUndefined();
  });

  test('a line end at a suggestion’s end is no idea of its own', () => {
    const recent = new RecentSuggestions();
    const snapshot = snapshotOf('plaintext', `${before}\n\nMore.`);
    recent.keep(snapshot, before.length + 1, 'settings', 1, [
      { insertText: 'It froze.\n', score: 1, near: '', heading: '' },
    ]);
    expect(left(recent, `${before}\nIt|\nMore.`, 'settings', 1)).toEqual([' froze.\n']);
    expect(left(recent, `${before}\nIt froze.|\nMore.`, 'settings', 1)).toBeUndefined();
  });

  test('other settings, another document, and a wish for more ask the model', () => {
    expect(left(kept(), `${before}|`, 'others')).toBeUndefined();
    expect(left(kept(), `${before}|`, 'settings', 4)).toBeUndefined();
    expect(left(kept(), `${before}|`, 'settings', 2)).toHaveLength(2);
    const other = { ...snapshotOf('plaintext', before), uri: 'file:///other' };
    expect(kept().remainder(other, before.length, 'settings', { least: 3, most: 3 })).toBeUndefined();
  });

  test('scores stay with their suggestions', () => {
    const snapshot = snapshotOf('plaintext', `${before} No`);
    expect(kept().remainder(snapshot, before.length + 3, 'settings', { least: 3, most: 3 })).toEqual([
      { insertText: 'body saw it.', score: 0.5, near: '', heading: '' },
    ]);
  });
});

test('what was shown elsewhere: the first of each place but this one, wherever the text before it has moved it', () => {
  const recent = kept();
  const longer = `${before} Everybody saw it.`;
  recent.keep(snapshotOf('plaintext', longer), longer.length, 'settings', 1, [items[1]!]);
  const snapshot = snapshotOf('plaintext', longer);
  expect(recent.elsewhere(snapshot, longer.length)).toEqual(['It fell again.']);
  expect(recent.elsewhere(snapshot, before.length)).toEqual(['It froze.']);
  expect(recent.elsewhere({ ...snapshot, uri: 'file:///other' }, before.length)).toEqual([]);
});

test('forgotten with the document, or all at once', () => {
  const recent = kept();
  recent.forget('file:///other');
  expect(left(recent, `${before}|`)).toHaveLength(3);
  recent.forget('file:///document');
  expect(left(recent, `${before}|`)).toBeUndefined();
  const again = kept();
  again.clear();
  expect(left(again, `${before}|`)).toBeUndefined();
});

test('a change far from the place does not matter', () => {
  const far = 'x'.repeat(400);
  const recent = new RecentSuggestions();
  recent.keep(snapshotOf('plaintext', `a ${far}${before}`), 402 + before.length, 'settings', 3, items);
  expect(left(recent, `b ${far}${before}|`)).toHaveLength(3);
});
