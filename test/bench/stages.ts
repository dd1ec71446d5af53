/**
 * The process that suggests in a document and tells for how long each stage took: the service on an engine of its own,
 * without a server and a host between. Arguments: the bundle, words of the document, suggestions, seed. Prints JSON.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { neverCancelled } from '../../server/src/base/cancellation.ts';
import type { ConceptEngine } from '../../server/src/concepts/engine.ts';
import { createLocalEngine } from '../../server/src/inference/localEngine.ts';
import { createConceptService, openDocument, type SuggestOptions, unsteered } from '../../server/src/service/index.ts';
import { silentLogger } from '../support/silentLogger.ts';
import { wordsPerSentence, writeDocument } from './document.mjs';
import { proseSource } from './prose.mjs';

const [, , bundlePath = 'models/bundle', words = '4000', suggestions = '12', seed = '1'] = process.argv;
const stages = ['encode', 'context', 'plans', 'prompt', 'words', 'encode again', 'rest'] as const;
type Stage = (typeof stages)[number];

const inner = createLocalEngine({ bundlePath, provider: 'cpu' });
const nothing = Object.fromEntries(stages.map((stage) => [stage, 0])) as Record<Stage, number>;
let spent = { ...nothing };

async function during<T>(stage: Stage, work: Promise<T>): Promise<T> {
  const from = performance.now();
  const result = await work;
  spent[stage] += performance.now() - from;
  return result;
}

/** The same engine, its calls taken apart where one does two things. */
const engine: ConceptEngine = {
  ...inner,
  encode: (sentences, token) => during(spent.plans > 0 ? 'encode again' : 'encode', inner.encode(sentences, token)),
  async predictNext(request, token) {
    // What is read in a pause is not a suggestion's time.
    if (request.count === 0) return inner.predictNext(request, token);
    await during('context', inner.predictNext({ ...request, count: 0 }, token));
    return during('plans', inner.predictNext(request, token));
  },
  async decode(request, token) {
    await during('prompt', inner.prefill(request.contextText, token));
    return during('words', inner.decode(request, token));
  },
};
const service = createConceptService({ engine, logger: silentLogger, clock: () => performance.now() });

const options: SuggestOptions = {
  candidates: 3,
  least: 1,
  soon: true,
  seed: 1,
  sampler: {},
  minScore: null,
  steering: unsteered,
};
const { lines } = writeDocument(Math.round(Number(words) / wordsPerSentence), Number(seed));
const next = proseSource();
let text = lines.join('\n').trimEnd();
let version = 1;
const open = () =>
  openDocument({ uri: 'file:///bench/chronicle.md', languageId: 'markdown', version: version++, text });

const first = open();
await service.index(first, first.text.length, neverCancelled);
const taken: Record<Stage | 'all', number[]> = {
  ...(Object.fromEntries(stages.map((stage) => [stage, [] as number[]])) as Record<Stage, number[]>),
  all: [],
};
for (let i = 0; i < Number(suggestions); i++) {
  // The pauses of a writer, in which it is read along, and the full stop.
  let { heading, sentence } = next();
  if (heading !== '') {
    text += `\n\n${heading}\n\n${sentence}`;
    ({ sentence } = next());
  }
  for (const length of [0.4, 0.7, 0.95]) {
    const typed = `${text} ${sentence.slice(0, Math.round(length * sentence.length))}`;
    service.warm(
      openDocument({ uri: first.uri, languageId: 'markdown', version: version++, text: typed }),
      typed.length,
    );
    await sleep(500);
  }
  text += ` ${sentence}`;
  const snapshot = open();
  spent = { ...nothing };
  const from = performance.now();
  await service.suggest(snapshot, snapshot.text.length, options, neverCancelled);
  const all = performance.now() - from;
  spent.rest = all - stages.reduce((sum, stage) => sum + spent[stage], 0);
  for (const stage of stages) taken[stage].push(spent[stage]);
  taken.all.push(all);
}
const { stepMs } = await engine.usage();
console.log(JSON.stringify({ taken, stepMs: Object.fromEntries(stepMs) }));
await engine.dispose();
