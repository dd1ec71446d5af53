/** What becomes of suggestions: measured from changes, completed by what clients report, counted once. */
import { describe, expect, test } from 'vitest';
import type { SuggestionCounts } from '../../../../server/src/protocol.ts';
import { Offers } from '../../../../server/src/service/suggestions/offers.ts';
import { minimal } from '../../../../server/src/text/replacement.ts';

const uri = 'file:///w/a.md';
const first = ' The garden needs rain.';
const second = ' Nobody saw it.';
const start = 10;

function setUp(texts: readonly string[] = [first, second]) {
  const counts: Record<keyof SuggestionCounts, number> = { shown: 0, whole: 0, part: 0, dismissed: 0, characters: 0 };
  const offers = new Offers((languageId, change) => {
    expect(languageId).toBe('markdown');
    for (const [name, by] of Object.entries(change)) counts[name as keyof SuggestionCounts] += by;
  });
  const offer = (offset: number, shown: readonly string[]) => offers.offered(uri, 'markdown', offset, shown);
  const ids = offer(start, texts);
  const change = (offset: number, text: string, replaced = ''): void =>
    offers.changed(uri, [minimal({ start: offset, end: offset + replaced.length, text, replaced })]);
  /** Inserts the pieces one behind the other, from the offer's start. */
  const insert = (...pieces: string[]) => {
    let at = start;
    for (const piece of pieces) {
      change(at, piece);
      at += piece.length;
    }
  };
  return { counts, offers, offer, ids, change, insert };
}
const letters = (text: string) => [...text];
const none = { shown: 1, whole: 0, part: 0, dismissed: 0, characters: 0 };

describe('measured from changes', () => {
  test.each([
    ['the whole at once', [first], { whole: 1, characters: first.length }],
    ['another than the first', [second], { whole: 1, characters: second.length }],
    ['a word', [' The'], { part: 1, characters: 4 }],
    ['a word, then the rest', [' The', first.slice(4)], { whole: 1, characters: first.length }],
    ['word by word', [' The', ' garden', ' needs', ' rain.'], { whole: 1, characters: first.length }],
    [
      'some letters typed, then the rest',
      [...letters(' Th'), first.slice(3)],
      { whole: 1, characters: first.length - 3 },
    ],
    ['a word, then something else', [' The', 'y left.'], { part: 1, characters: 4 }],
    ['typed to its end', letters(first), {}],
    ['typed to its end and on', [...letters(first), ' ', 'W'], {}],
    ['something else', [' We left.'], { dismissed: 1 }],
    ['typed halfway, then something else', [...letters(' The gar'), 'age'], { dismissed: 1 }],
    ['a few letters at once, as of a slow client', [' The gar', 'den'], { part: 1, characters: 3 }],
  ])('%s', (_, pieces, expected) => {
    const { counts, insert } = setUp();
    insert(...pieces);
    expect(counts).toEqual({ ...none, ...expected });
  });

  test('a change elsewhere, a deletion and the document’s end give it up', () => {
    for (const giveUp of [
      ({ change }: ReturnType<typeof setUp>) => change(2, 'x'),
      ({ change }: ReturnType<typeof setUp>) => change(start - 1, '', '.'),
      ({ offers }: ReturnType<typeof setUp>) => offers.closed(uri),
      ({ offer }: ReturnType<typeof setUp>) => offer(3, [' Elsewhere.']),
    ]) {
      const given = setUp();
      giveUp(given);
      expect(given.counts).toMatchObject({ dismissed: 1, whole: 0 });
    }
  });

  test('a text that begins with a replaced word is what comes behind that word', () => {
    const { counts, change } = setUp(['he river rose.']);
    change(start - 1, 'The river rose.', 'T');
    expect(counts).toEqual({ ...none, whole: 1, characters: 14 });
  });

  test('a client that sends the whole text each time', () => {
    const { counts, offers } = setUp();
    const text = `It rained.${first}\n\nMore.`;
    const replaced = 'It rained.\n\nMore.';
    offers.changed(uri, [minimal({ start: 0, end: replaced.length, text, replaced })]);
    expect(counts).toEqual({ ...none, whole: 1, characters: first.length });
  });

  test('a line end behind a suggestion is no part of the whole', () => {
    const { counts, insert } = setUp(['It froze.\n']);
    insert('It froze.');
    expect(counts).toEqual({ ...none, whole: 1, characters: 9 });
  });
});

describe('shown', () => {
  test('once, with what is left of it, more of the kind, and what follows counted for itself', () => {
    const { counts, offer, ids, insert } = setUp();
    insert(' ', 'T');
    expect(offer(start + 2, [first.slice(2)])).toEqual(ids.slice(0, 1));
    const more = offer(start + 2, [first.slice(2), 'hat is all.']);
    expect(more[0]).toBe(ids[0]);
    expect(ids).not.toContain(more[1]);
    expect(counts).toEqual(none);
    offer(start + first.length, [' Next.']);
    expect(counts).toEqual({ ...none, shown: 2, dismissed: 1 });
  });

  test('what follows an accepted one does not dismiss it', () => {
    const { counts, offer, insert } = setUp();
    insert(first);
    offer(start + first.length, [' Next.']);
    expect(counts).toEqual({ ...none, shown: 2, whole: 1, characters: first.length });
  });

  test('as the client reports it, once it has', () => {
    const { counts, offers, offer, ids } = setUp();
    offers.reportShown(ids[0]!);
    offers.reportShown(ids[1]!);
    expect(counts).toEqual(none);
    const [next] = offer(3, [' Elsewhere.']);
    expect(counts).toEqual({ ...none, dismissed: 1 });
    offers.reportShown(next!);
    expect(counts).toEqual({ ...none, shown: 2, dismissed: 1 });
    offer(5, [' Never shown.']);
    offers.closed(uri);
    expect(counts).toEqual({ ...none, shown: 2, dismissed: 2 });
  });
});

describe('reported by the client', () => {
  test('what was measured already is not counted again', () => {
    const { counts, offers, ids, insert } = setUp();
    insert(first);
    offers.reportAccepted(ids[0]!, 0);
    expect(counts).toEqual({ ...none, whole: 1, characters: first.length });
  });

  test('before its change', () => {
    const { counts, offers, ids, insert } = setUp();
    offers.reportAccepted(ids[0]!, first.length - 4);
    expect(counts).toEqual({ ...none, part: 1, characters: 4 });
    insert(' The', first.slice(4));
    offers.reportAccepted(ids[0]!, 0);
    expect(counts).toEqual({ ...none, whole: 1, characters: first.length });
  });

  test('what the client inserted otherwise is accepted all the same', () => {
    const { counts, offers, ids, change } = setUp();
    change(start, '\n  The garden needs rain.');
    expect(counts).toMatchObject({ dismissed: 1 });
    offers.reportAccepted(ids[0]!, 0);
    expect(counts).toEqual({ ...none, whole: 1, characters: first.length });
  });

  test.each(['', 'x', '7.0', '1.9', '-1'])('an id that is none, %j, changes nothing', (id) => {
    const { counts, offers } = setUp();
    offers.reportShown(id);
    offers.reportAccepted(id, 0);
    expect({ ...counts, shown: 1 }).toEqual(none);
  });
});

test('whether something shown is being written', () => {
  const { offers, insert } = setUp();
  expect(offers.isWriting(uri, start)).toBe(false);
  insert(' ', 'T');
  expect([offers.isWriting(uri, start + 2), offers.isWriting(uri, start + 1)]).toEqual([true, false]);
  insert('x');
  expect(offers.isWriting(uri, start + 2)).toBe(false);
});
