/** The server speaks the editor's language: its translations, or the ones that ship for its locale. */
import { expect, test } from 'vitest';
import { useServers } from '../support/serverHarness.ts';

const startServer = useServers();

/** Why a heading gets no suggestion, in the server's words. */
async function silence(setup: Parameters<typeof startServer>[0]): Promise<unknown> {
  const server = await startServer(setup);
  const { uri, cursor } = await server.open('# A heading|\n\nThe first sentence stands here.');
  const params = { textDocument: { uri }, position: cursor, candidates: null };
  return (await server.request('foresay/nextSentences', params)) as { silence: string };
}

test('without a locale it speaks English', async () => {
  expect(await silence({})).toMatchObject({ silence: 'A heading is no place for a sentence.' });
});

test('for a locale that ships it speaks that', async () => {
  expect(await silence({ locale: 'de' })).toMatchObject({
    silence: 'In einer Überschrift wird kein Satz vorgeschlagen.',
  });
});

test('for another locale it speaks English', async () => {
  expect(await silence({ locale: 'xx' })).toMatchObject({ silence: 'A heading is no place for a sentence.' });
});

test("the client's translations win, and what they lack stays English", async () => {
  const translations = { 'A heading is no place for a sentence.': 'Un titre.' };
  const server = await startServer({ locale: 'de', initializationOptions: { translations } });
  const { uri, cursor } = await server.open('# A heading|\n\nThe first sentence stands here.');
  const params = { textDocument: { uri }, position: cursor, candidates: null };
  expect(await server.request('foresay/nextSentences', params)).toMatchObject({ silence: 'Un titre.' });
  const range = { start: { line: 2, character: 0 }, end: { line: 2, character: 31 } };
  const command = { command: 'foresay.server.insert', arguments: ['file:///none.md', range, 1, 'x'] };
  await server.request('workspace/executeCommand', command);
  expect(server.messages.map(({ message }) => message)).toEqual(['Nothing to insert: the document is not open.']);
});

test.each([[['A heading is no place for a sentence.']], ['de'], [{ 'A heading is no place for a sentence.': 7 }]])(
  'translations that are none are not taken: %j',
  async (translations) => {
    expect(await silence({ initializationOptions: { translations } })).toMatchObject({
      silence: 'A heading is no place for a sentence.',
    });
  },
);
