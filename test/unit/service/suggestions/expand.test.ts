/** Notes that become paragraphs: what is taken for a note, what is led towards it, and where it goes. */
import { describe, expect, test } from 'vitest';
import { CancellationError, neverCancelled } from '../../../../server/src/base/cancellation.ts';
import { CancellationSource } from '../../../../server/src/base/cancellationSource.ts';
import type { ContextConcept } from '../../../../server/src/concepts/engine.ts';
import { cosine } from '../../../../server/src/concepts/similarity.ts';
import { ConceptCache } from '../../../../server/src/service/conceptCache.ts';
import { type Expansion, expand, expansionPlaces } from '../../../../server/src/service/suggestions/expand.ts';
import { noteAt } from '../../../../server/src/service/suggestions/note.ts';
import { noteSilence } from '../../../../server/src/service/suggestions/silence.ts';
import { snapshotOf } from '../../../support/extracted.ts';
import { encodeWords, FakeEngine } from '../../../support/fakeEngine.ts';

/** The source without its marks, and what they enclose; `|` is a cursor. */
function selection(source: string, languageId = 'markdown') {
  const start = source.search(/[⟦|]/u);
  const end = source.includes('⟧') ? source.indexOf('⟧') - 1 : start;
  const text = source.replace(/[⟦⟧|]/gu, '');
  return { text, snapshot: snapshotOf(languageId, text), span: { start, end } };
}

describe('a note is', () => {
  test.each([
    [
      'the line of the cursor',
      'One here.\n\nbuy la|nd near the river\n\nTwo here.',
      'buy land near the river',
      true,
      1,
      2,
    ],
    ['a list item', '- first thing\n- sec|ond *thing*\n- third thing', 'second thing', true, 1, 2],
    ['whole sentences', 'One here. ⟦Two here. Three here.⟧ Four here.', 'Two here. Three here.', true, 1, 3],
    ['a sentence without its mark', 'One here. ⟦Two here⟧. Four here.', 'Two here.', true, 1, 2],
    ['a phrase', 'One here. Two is about ⟦the old bridge⟧ here. Four here.', 'the old bridge', false, 1, 2],
    ['a heading', 'One here.\n\n## The old| bridge\n\nTwo here.', 'The old bridge', false, 1, 1],
    ['a comment', 'One here.\n\n<!-- the old| bridge -->\n\nTwo here.', 'the old bridge', false, 1, 1],
    ['after everything', 'One here.\n\n⟦## The end⟧', 'The end', false, 1, 1],
  ])('%s', (_, source, text, isWhole, before, after) => {
    const { snapshot, span } = selection(source);
    expect(noteAt(snapshot, span)).toMatchObject({ text, isWhole, before, after });
  });

  test.each(['One here.\n|\nTwo here.', '|', '⟦---⟧', 'One. ⟦ ⟧Two.'])('not in %j', (source) => {
    const { snapshot, span } = selection(source);
    expect(noteAt(snapshot, span)).toBeUndefined();
  });
});

const article =
  'The river fills the harbor in winter. The market is near the station.\n\n⟦copper bridge of the soldier⟧\n\nThe end is near.';
const options = { sentences: 3, seed: 1, sampler: {}, minScore: null };

async function expanded(source: string, more: Partial<typeof options> = {}, languageId = 'markdown') {
  const engine = new FakeEngine();
  const { snapshot, span, text } = selection(source, languageId);
  const told: number[] = [];
  const expansion = await expand(
    { engine, cache: new ConceptCache(engine) },
    snapshot,
    span,
    { ...options, ...more },
    neverCancelled,
    (count) => told.push(count),
  );
  return { engine, snapshot, text, expansion: expansion as Expansion, told };
}

describe('expanding', () => {
  test('gives as many different sentences as were asked for, each told, each nearer to the note than the text before it', async () => {
    const { expansion, told } = await expanded(article);
    expect(expansion).toMatchObject({ version: 1, note: 'copper bridge of the soldier', silence: '' });
    expect(told).toEqual([1, 2, 3]);
    expect(new Set(expansion.sentences.map(({ text }) => text)).size).toBe(3);
    const note = encodeWords(expansion.note);
    const near = expansion.sentences.map(({ text }) => cosine(encodeWords(text), note));
    const before = cosine(encodeWords('The market is near the station.'), note);
    for (const similarity of near) expect(similarity).toBeGreaterThan(before);
  });

  test('words it behind the text before the note and the note, and plans it from the text before the note alone', async () => {
    const engine = new FakeEngine();
    const { snapshot, span } = selection(article);
    const contexts: string[] = [];
    const planned: (readonly unknown[])[] = [];
    const { decode, predictNext } = engine;
    engine.predictNext = (request, token) => {
      planned.push(request.context);
      return predictNext.call(engine, request, token);
    };
    engine.decode = (request, token) => {
      contexts.push(request.contextText);
      return decode.call(engine, request, token);
    };
    const parts = { engine, cache: new ConceptCache(engine) };
    const expansion = await expand(parts, snapshot, span, { ...options, sentences: 2 }, neverCancelled, () => {});
    expect(contexts[0]).toBe(
      'The river fills the harbor in winter. The market is near the station. copper bridge of the soldier',
    );
    expect(planned[0]).toHaveLength(2);
    expect(contexts.at(-1)).toBe(`${contexts[0]} ${expansion?.sentences[0]?.text}`);
  });

  test('is planned behind the note by an LCM that knows what one is, and nothing that follows the note is read', async () => {
    const engine = new FakeEngine();
    engine.info = { ...engine.info, hasRoles: true };
    const { snapshot, span } = selection(article);
    const planned: (readonly ContextConcept[])[] = [];
    const { predictNext } = engine;
    engine.predictNext = (request, token) => {
      planned.push(request.context);
      return predictNext.call(engine, request, token);
    };
    const parts = { engine, cache: new ConceptCache(engine) };
    const expansion = await expand(parts, snapshot, span, { ...options, sentences: 2 }, neverCancelled, () => {});
    const behindNote = [
      { vector: encodeWords('The river fills the harbor in winter.'), role: 'place1' },
      { vector: encodeWords('The market is near the station.'), role: 'place2' },
      { vector: encodeWords('copper bridge of the soldier'), role: 'note' },
    ];
    expect(planned[0]).toEqual(behindNote);
    expect(planned.at(-1)).toEqual([...behindNote, { vector: encodeWords(expansion?.sentences[0]?.text ?? '') }]);
    const note = encodeWords('copper bridge of the soldier');
    for (const { text } of expansion?.sentences ?? []) expect(cosine(encodeWords(text), note)).toBeGreaterThan(0.2);
  });

  test('ends where the LCM has no more to say about the note', async () => {
    const engine = new FakeEngine();
    engine.info = { ...engine.info, hasRoles: true };
    const { snapshot, span } = selection(article);
    const { predictNext } = engine;
    engine.predictNext = (request, token) =>
      request.context.length > 3 ? Promise.resolve([]) : predictNext.call(engine, request, token);
    const parts = { engine, cache: new ConceptCache(engine) };
    const expansion = await expand(parts, snapshot, span, options, neverCancelled, () => {});
    expect(expansion).toMatchObject({ silence: noteSilence.atItsEnd() });
    expect(expansion?.sentences).toHaveLength(1);
  });

  test('says why there is nothing in a language that the bundle does not know', async () => {
    const german = 'Der Fluss ist im Winter voll und die Leute gehen nicht aus dem Haus, weil es so kalt ist. ';
    const { expansion } = await expanded(
      `${german}Das ist auch so.\n\n⟦Die alte Brücke ist aus Kupfer und sie ist nicht sehr breit⟧`,
    );
    expect(expansion.sentences).toEqual([]);
    expect(expansion.silence).toMatch(/English/);
  });

  test('is cancelled between two sentences', async () => {
    const engine = new FakeEngine();
    const { snapshot, span } = selection(article);
    const source = new CancellationSource();
    const parts = { engine, cache: new ConceptCache(engine) };
    const told: number[] = [];
    const answer = expand(parts, snapshot, span, options, source.token, (count) => {
      told.push(count);
      source.cancel();
    });
    await expect(answer).rejects.toBeInstanceOf(CancellationError);
    expect(told).toEqual([1]);
  });
});

describe('the sentences go', () => {
  const made = { sentences: [{ text: 'It is 5 % *more*.', score: 1 }], silence: '', version: 1 };
  const places = (source: string, languageId = 'markdown') => {
    const { snapshot, span, text } = selection(source, languageId);
    const note = noteAt(snapshot, span);
    const found = expansionPlaces(snapshot, { ...made, note: note?.text ?? '', span: note?.span ?? span });
    return Object.fromEntries(
      found.map((place) => [
        place.placement,
        text.slice(0, place.span.start) + place.newText + text.slice(place.span.end),
      ]),
    );
  };

  test.each([
    [
      'of a line',
      'a note|\n\nThe end.',
      'a note\n\nIt is 5 % \\*more\\*.\n\nThe end.',
      'It is 5 % \\*more\\*.\n\nThe end.',
    ],
    [
      'of a list item',
      '- one\n- tw|o three\n- four',
      '- one\n- two three\n\n  It is 5 % \\*more\\*.\n\n- four',
      '- one\n- It is 5 % \\*more\\*.\n- four',
    ],
    [
      'of a phrase',
      'One ⟦of the⟧ two. Three.\n\nFour.',
      'One of the two. Three.\n\nIt is 5 % \\*more\\*.\n\nFour.',
      undefined,
    ],
    [
      'with its line breaks',
      'a note|\r\n\r\nThe end.',
      'a note\r\n\r\nIt is 5 % \\*more\\*.\r\n\r\nThe end.',
      'It is 5 % \\*more\\*.\r\n\r\nThe end.',
    ],
  ])('after the note or in its place: %s', (_, source, after, instead) => {
    expect(places(source)).toEqual({ after, ...(instead !== undefined && { instead }) });
  });

  test('escaped as the markup wants it', () => {
    expect(places('a note|', 'latex').instead).toBe('It is 5 \\% *more*.');
  });
});
