/** Keys of a document's sentences through its versions: always those of its ids. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { finish } from '../../../server/src/base/steps.ts';
import { keyOf, SentenceKeys } from '../../../server/src/service/sentenceKeys.ts';
import { changeDocument, openDocument } from '../../../server/src/service/snapshots.ts';
import { contentHash } from '../../../server/src/text/contentHash.ts';

const open = (text: string) => openDocument({ uri: 'file:///a', languageId: 'plaintext', version: 1, text });

test('after any edits, and of versions asked for in any order', () => {
  const words = fc.constantFrom('One. ', 'Two. ', 'Three.\n\n', 'Four', '. ', ' ');
  const edit = fc.record({ at: fc.nat(200), length: fc.nat(12), text: fc.array(words).map((all) => all.join('')) });
  fc.assert(
    fc.property(fc.array(words), fc.array(edit, { maxLength: 6 }), fc.array(fc.nat(6)), (start, edits, order) => {
      const versions = [open(start.join(''))];
      for (const { at, length, text } of edits) {
        const before = versions.at(-1)!;
        const from = Math.min(at, before.content.length);
        const change = { start: from, end: Math.min(before.content.length, from + length), text };
        versions.push(changeDocument(before, [change], versions.length + 1));
      }
      const keys = new SentenceKeys();
      for (const i of [...versions.keys(), ...order]) {
        const { sentences } = versions[i % versions.length]!;
        expect([...finish(keys.of(sentences))]).toEqual(sentences.map(({ id }) => keyOf(id)));
      }
    }),
    { numRuns: Number(process.env.FUZZ ?? 150) },
  );
});

test('different sentences have different keys', () => {
  const ids = Array.from({ length: 5000 }, (_, i) => contentHash(`The gate of house ${i} was closed.`));
  expect(new Set(ids.map(keyOf)).size).toBeGreaterThan(4990);
});
