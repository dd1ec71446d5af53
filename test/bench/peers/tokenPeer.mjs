/**
 * A process that words the next sentence with SmolLM2-135M in llama.cpp: what a writer would use instead of Foresay. It
 * keeps the key-value cache of one text, as well as a prefix can be kept, and reads along with every change. Arguments:
 * the packages' folder, the weights, threads. Messages in: `{ lines }`, the document; `{ line, text }`, what is typed at
 * the end of a line; `{ suggest: true }`. Messages out, for these: what it took.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Tokens that SmolLM2 was trained to read. */
const trainedContext = 8192;
/** Tokens of a sentence after which it is taken as it is. */
const longestSentence = 40;
/** What the window drops at once when the text has outgrown it, so that it need not be read again for each sentence. */
const hop = 2048;

const [, , folder, weights, threads] = process.argv;
const library = createRequire(`${folder}/package.json`).resolve('node-llama-cpp');
const { getLlama } = await import(pathToFileURL(library).href);
const llama = await getLlama({
  gpu: false,
  build: 'never',
  skipDownload: true,
  maxThreads: Number(threads),
  logLevel: 'error',
});
const model = await llama.loadModel({ modelPath: weights });
const context = await model.createContext({ contextSize: trainedContext, threads: Number(threads) });
const sequence = context.getSequence();

let lines = [];
/** Tokens of lines, with their ends: a change is read anew, not the whole document. */
const tokensOf = new Map();
/** Tokens that were read along since the last suggestion, and the milliseconds that took. */
let along = { read: 0, ms: 0 };
/** One message after another. */
let work = Promise.resolve();

process.on('message', (message) => {
  if (message.lines) lines = message.lines;
  else if (message.text) lines[message.line] += message.text;
  work = work.then(() => (message.suggest ? suggest() : readAlong()));
});

async function readAlong() {
  const { prompt, kept } = await keptOf();
  // The last token waits for a suggestion: what comes behind it is what is asked for then.
  const tokens = prompt.slice(kept, -1);
  if (tokens.length === 0) return;
  const from = performance.now();
  await sequence.evaluateWithoutGeneratingNewTokens(tokens);
  along = { read: along.read + tokens.length, ms: along.ms + performance.now() - from };
}

async function suggest() {
  const from = performance.now();
  const { prompt, kept } = await keptOf();
  const started = { at: performance.now(), first: 0, tokens: 0 };
  let wording = '';
  for await (const token of sequence.evaluate(prompt.slice(kept), { temperature: 0 })) {
    started.first ||= performance.now();
    started.tokens += 1;
    wording += model.detokenize([token]);
    if (started.tokens >= longestSentence || /[.!?]["')]?\s*$/.test(wording) || model.isEogToken(token)) break;
  }
  process.send({
    ms: performance.now() - from,
    read: along.read + prompt.length - kept,
    readMs: along.ms + started.first - started.at,
    worded: started.tokens,
    wordedMs: performance.now() - started.first,
    silent: wording.trim() === '',
  });
  along = { read: 0, ms: 0 };
}

/** The text that is to be read, and how many of its tokens the cache has: all but one at most. */
async function keptOf() {
  const prompt = window(lines.flatMap((line, i) => tokensIn(i < lines.length - 1 ? `${line}\n` : line)));
  await sequence.adaptStateToTokens(prompt, false);
  const kept = Math.min(sequence.nextTokenIndex, prompt.length - 1);
  if (kept < sequence.nextTokenIndex)
    await sequence.eraseContextTokenRanges([{ start: kept, end: sequence.nextTokenIndex }]);
  return { prompt, kept };
}

function tokensIn(text) {
  const found = tokensOf.get(text) ?? model.tokenize(text);
  tokensOf.set(text, found);
  return found;
}

/** The last tokens that fit; the window's start stays where it is until it has to move, and then moves by a hop. */
function window(tokens) {
  const room = trainedContext - longestSentence - 1;
  if (tokens.length <= room) return tokens;
  return tokens.slice(Math.ceil((tokens.length - room) / hop) * hop);
}

process.send({ ready: true });
