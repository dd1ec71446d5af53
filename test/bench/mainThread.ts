/**
 * The process that does by itself what the server's main thread does with a document for each keystroke and each
 * suggestion, however long the document is. Arguments: words of the document, runs, seed. Prints JSON, milliseconds.
 */
import { neverCancelled } from '../../server/src/base/cancellation.ts';
import { finish } from '../../server/src/base/steps.ts';
import { ConceptCache } from '../../server/src/service/conceptCache.ts';
import { similarSentences } from '../../server/src/service/similar.ts';
import { changeDocument, openDocument, readSnapshot } from '../../server/src/service/snapshots.ts';
import { FakeEngine } from '../support/fakeEngine.ts';
import { groupedVectors } from '../support/groupedVectors.ts';
import { wordsPerSentence, writeDocument } from './document.mjs';

const [, , words = '256000', runs = '50', seed = '1'] = process.argv;
/** Numbers of a vector, as many as the shipped encoder's. */
const dim = 384;

const { lines } = writeDocument(Math.round(Number(words) / wordsPerSentence), Number(seed));
let snapshot = openDocument({
  uri: 'file:///bench/chronicle.md',
  languageId: 'markdown',
  version: 1,
  text: lines.join('\n').trimEnd(),
});
finish(readSnapshot(snapshot));

function timed(work: () => void): number {
  const from = performance.now();
  work();
  return performance.now() - from;
}

function keystrokeAt(offset: number): number {
  const { version } = snapshot;
  return timed(() => {
    snapshot = changeDocument(snapshot, [{ start: offset, end: offset, text: 'x' }], version + 1);
    finish(readSnapshot(snapshot));
  });
}

const vectors = groupedVectors(snapshot.sentences.length + Number(runs), dim);
const queries = vectors.splice(0, Number(runs));
const engine = new FakeEngine();
engine.encode = async (sentences) => vectors.splice(0, sentences.length);
const cache = new ConceptCache(engine);
await cache.index(snapshot, snapshot.content.length, neverCancelled);

const taken = {
  closest: queries.map((query) => timed(() => finish(similarSentences([query], snapshot, cache, 1)))),
  keystrokeAtEnd: queries.map(() => keystrokeAt(snapshot.content.length)),
  keystrokeInMiddle: queries.map(() => keystrokeAt(snapshot.sentences[snapshot.sentences.length >> 1]?.end ?? 0)),
};
console.log(JSON.stringify(taken));
