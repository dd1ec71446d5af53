/** Typing as a writer does it: word by word, so that what the server does in the pauses counts. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between two words: a very fast writer's, some 200 words a minute. */
const betweenWords = 300;

/** Milliseconds after a keystroke in which VS Code asks for ghost text. */
export const pauseBeforeRequest = 50;

/** Types a sentence at the end of a line, all but its full stop. */
export async function typeUnfinished(document, line, sentence) {
  for (const word of sentence.replace(/\.$/, '').split(' ')) {
    await document.type(line, ` ${word}`);
    await sleep(betweenWords);
  }
}

/** Milliseconds until the promise is settled. */
export async function timed(promise) {
  const from = performance.now();
  await promise;
  return performance.now() - from;
}
