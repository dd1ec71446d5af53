/** The documents of a corpus for the scripts that evaluate, and random numbers that a seed fixes. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { decompress } from 'fzstd';

/** The documents of a corpus (JSON Lines, with zstandard or without) at a path as the user gave it. */
export function readDocuments(file) {
  const raw = readFileSync(path.resolve(process.env.INIT_CWD ?? '.', file));
  const text = new TextDecoder().decode(file.endsWith('.zst') ? decompress(raw) : raw);
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** The documents by genre, in the corpus' order. */
export function byGenre(documents) {
  const genres = new Map();
  for (const document of documents) genres.set(document.genre, [...(genres.get(document.genre) ?? []), document]);
  return genres;
}

/** One of each list, then the next one of each. */
export function inTurn(lists) {
  const rounds = Math.max(...lists.map(({ length }) => length));
  return Array.from({ length: rounds }, (_, i) => lists.map((each) => each[i] ?? [])).flat(2);
}

/** Numbers in [0, 1): Lehmer's generator, fixed by the seed. */
export function generator(start) {
  let state = start % 2147483647;
  return () => {
    state = (state * 48271) % 2147483647;
    return (state - 1) / 2147483646;
  };
}

/** A copy in random order (Fisher and Yates). */
export function shuffled(list, random) {
  const copy = [...list];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j], copy[i]];
  }
  return copy;
}
