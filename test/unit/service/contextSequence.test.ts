/** The LCM's sequence of a document: what stands in it, in which roles, and that any part of it is a part of the whole. */
import { describe, expect, test } from 'vitest';
import { finish } from '../../../server/src/base/steps.ts';
import {
  asFollowing,
  headingsOf,
  itemsBefore,
  type SequenceItem,
  sequenceOf,
} from '../../../server/src/service/contextSequence.ts';
import { snapshotOf } from '../../support/extracted.ts';

const document = snapshotOf(
  'markdown',
  [
    'Before all. And more.',
    '# The town',
    '## The *harbor*',
    'One is here. Two is here. Three is here. Four is here. Five is here.',
    'Six is here.\n\nSeven is here. Eight is here. Nine is here. Ten is here.',
    '##',
    'No heading here.',
    '### Deeper',
    '## The market',
    'Last of all.',
  ].join('\n\n'),
);
const known = { hasRoles: true };
const shown = (items: readonly SequenceItem[]) => items.map(({ text, role = '-' }) => `${role} ${text}`);

describe('with roles', () => {
  test('headings stand where they stand, also above other headings, and sentences have their places', () => {
    expect(shown(finish(sequenceOf(document, known)))).toEqual([
      'place1 Before all.',
      'place2 And more.',
      'heading The town',
      'heading The harbor',
      'place1 One is here.',
      'place2 Two is here.',
      'place3 Three is here.',
      'place3 Four is here.',
      'place5 Five is here.',
      'place5 Six is here.',
      'place5 Seven is here.',
      'place5 Eight is here.',
      'place9 Nine is here.',
      'place9 Ten is here.',
      'place1 No heading here.',
      'heading Deeper',
      'heading The market',
      'place1 Last of all.',
    ]);
  });

  test('a section that is only begun has its heading before the place', () => {
    const last = document.sections.length - 1;
    const before = document.sentences.length - 1;
    expect(shown(itemsBefore(document, { before, section: last }, 3, known))).toEqual([
      'place1 No heading here.',
      'heading Deeper',
      'heading The market',
    ]);
    expect(shown(itemsBefore(document, { before, section: last - 1 }, 2, known))).toEqual([
      'place1 No heading here.',
      'heading Deeper',
    ]);
  });
});

test('without roles it is the sentences', () => {
  const items = finish(sequenceOf(document, { hasRoles: false }));
  expect(items.map(({ id, text, role }) => ({ id, text, role }))).toEqual(
    document.sentences.map(({ id, text }) => ({ id, text, role: undefined })),
  );
});

test.each([true, false])('what is before a place is a part of the whole (roles: %s)', (hasRoles) => {
  const all = finish(sequenceOf(document, { hasRoles }));
  for (const [before, { section }] of document.sentences.entries()) {
    const at = all.findIndex((item) => item.isSentence && item.text === document.sentences[before]?.text);
    for (const count of [0, 1, 3, 8, 100]) {
      expect(itemsBefore(document, { before, section }, count, { hasRoles })).toEqual(
        all.slice(Math.max(0, at - count), at),
      );
    }
  }
});

test('a document without text has none', () => {
  const empty = snapshotOf('markdown', '');
  expect(finish(sequenceOf(empty, known))).toEqual([]);
  expect(itemsBefore(empty, { before: 0, section: 0 }, 8, known)).toEqual([]);
});

test('headings are known by their words, as sentences are', () => {
  const [town] = headingsOf(document);
  expect(town?.text).toBe('The town');
  expect(town?.id).toBe(snapshotOf('plaintext', 'The town').sentences[0]?.id);
});

test('one or two sentences follow, in their order', () => {
  const vectors = [1, 2, 3].map((x) => Float32Array.of(x));
  expect(asFollowing(vectors)).toEqual([
    { vector: vectors[0], role: 'following1' },
    { vector: vectors[1], role: 'following2' },
  ]);
  expect(asFollowing(vectors.slice(2))).toEqual([{ vector: vectors[2], role: 'following1' }]);
  expect(asFollowing([])).toEqual([]);
});
