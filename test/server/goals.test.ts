/** What a document offers as goals for the ideas at a position. */
import { expect, test } from 'vitest';
import { useServers } from '../support/serverHarness.ts';

const start = useServers();

test.each([
  [
    'before a section',
    '# Water\n\nThe river is high.|\n\n## Soil\n\nIt is thin. It is gray.\n',
    { heading: 'Soil', sentence: 'It is thin.' },
  ],
  [
    'before one without a sentence',
    '# Water\n\nThe river is high.|\n\n## Soil\n\n## Money\n',
    { heading: 'Soil', sentence: '' },
  ],
  ['in the last section', '# Water\n\nThe river is high.|\n', null],
])('%s', async (_, source, next) => {
  const server = await start();
  const { uri, cursor, text } = await server.open(source);
  const goals = await server.request('foresay/goals', { textDocument: { uri }, position: cursor });
  expect(goals).toEqual({
    version: 1,
    headings: [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading),
    next,
    sentences: text.match(/[A-Z][^#.\n]*\./g),
  });
  expect(server.engine.calls).toEqual([]);
});

test('of a long document the sentences round the position', async () => {
  const server = await start();
  const text = Array.from({ length: 3000 }, (_, i) => `This is number ${i} here.`).join(' ');
  const { uri } = await server.open(text);
  const position = { line: 0, character: text.indexOf('This is number 1500') };
  const { sentences } = (await server.request('foresay/goals', { textDocument: { uri }, position })) as {
    sentences: string[];
  };
  expect([sentences[0], sentences.at(-1)]).toEqual(['This is number 1000 here.', 'This is number 1999 here.']);
});
