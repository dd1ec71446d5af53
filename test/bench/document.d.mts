export function random(seed: number): () => number;
export function sentenceSource(seed: number): () => string;
export const wordsPerSentence: number;
export function writeDocument(
  sentences: number,
  seed: number,
): { readonly lines: string[]; readonly paragraphs: number[] };
