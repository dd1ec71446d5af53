/** Topic segments with the vectors of the bundle that ships: texts on different things, put one behind the other. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { neverCancelled } from '../../server/src/base/cancellation.ts';
import { finish } from '../../server/src/base/steps.ts';
import type { ConceptVector } from '../../server/src/concepts/conceptVector.ts';
import type { ConceptEngine } from '../../server/src/concepts/engine.ts';
import { createLocalEngine } from '../../server/src/inference/localEngine.ts';
import { OutlineFinder } from '../../server/src/service/reading/outline.ts';
import { snapshotOf } from '../support/extracted.ts';

const bundlePath = fileURLToPath(new URL('../../models/bundle', import.meta.url));

/** Two paragraphs of three sentences each. */
const texts = {
  ferry: [
    'The ferry crosses the strait six times a day. In summer every crossing is full by nine in the morning. Cars wait in three lanes along the quay.',
    'Fog is the only thing that stops the boat. The captain decides half an hour before each departure. Passengers hear of it from the loudspeakers on the pier.',
  ],
  bees: [
    'A hive loses about a third of its honey over the winter. The bees cluster round the queen and shiver to keep her warm. Nobody should open the lid before the first mild day.',
    'In spring the colony grows by a thousand bees a day. New frames have to be added before the old ones are full. Otherwise half of the swarm leaves with the queen.',
  ],
  accounts: [
    'The treasurer presented the accounts for last year. Income from membership fees rose by four percent. Spending on repairs took up most of it.',
    'The auditors found two invoices without a receipt. Both have been explained in writing since. The meeting approved the budget without a vote against.',
  ],
  violin: [
    'She learned the violin from a retired teacher in the next street. He made her play scales for a whole year. Only then was she allowed to choose a piece.',
    'Her first concert was in the village church. She forgot the second half of the sonata and improvised. The audience noticed nothing and asked for an encore.',
  ],
};
const orders = [
  ['ferry', 'bees', 'accounts', 'violin'],
  ['violin', 'accounts', 'ferry', 'bees'],
  ['bees', 'violin', 'ferry', 'accounts'],
] as const;

describe.skipIf(!existsSync(`${bundlePath}/manifest.json`))('topic segments of built texts', () => {
  let engine: ConceptEngine;
  const vectors = new Map<string, ConceptVector>();
  beforeAll(async () => {
    engine = createLocalEngine({ bundlePath, provider: 'cpu' });
    const { sentences } = snapshotOf('plaintext', Object.values(texts).flat().join('\n\n'));
    const encoded = await engine.encode(
      sentences.map(({ text }) => text),
      neverCancelled,
    );
    for (const [i, { id }] of sentences.entries()) vectors.set(id, encoded[i] as ConceptVector);
  }, 120_000);
  afterAll(() => engine.dispose());

  test.each(orders)('%s, %s, %s, %s: a topic for each text', (...order) => {
    const paragraphs = order.flatMap((name) => texts[name]);
    const snapshot = snapshotOf('plaintext', paragraphs.join('\n\n'));
    const [section] = finish(new OutlineFinder().find(snapshot, ({ id }) => vectors.get(id)));
    expect(section?.topics.map(({ span }) => snapshot.text.slice(span.start, span.end))).toEqual(
      order.map((name) => texts[name].join('\n\n')),
    );
  });

  test('one text stays whole, and its key sentence is about what it is about', () => {
    const snapshot = snapshotOf('plaintext', texts.bees.join('\n\n'));
    const [section] = finish(new OutlineFinder().find(snapshot, ({ id }) => vectors.get(id)));
    expect(section?.topics).toHaveLength(1);
    expect(section?.topics[0]?.key.text).toMatch(/bees|hive/);
  });
});
