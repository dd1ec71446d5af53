/** A small byte-level BPE vocabulary as a tokenizer file, and the tokenizer over it. */
import { type ByteTokenizer, createByteTokenizer } from '../../server/src/inference/tokenizer.ts';

/** GPT-2's characters for bytes, as its own code makes them (openai/gpt-2, encoder.py, bytes_to_unicode). */
const charOfByte: readonly string[] = (() => {
  const kept = [...span(0x21, 0x7e), ...span(0xa1, 0xac), ...span(0xae, 0xff)];
  const chars = Array.from({ length: 256 }, (_, byte) => (kept.includes(byte) ? String.fromCodePoint(byte) : ''));
  let next = 256;
  return chars.map((char) => char || String.fromCodePoint(next++));
})();

function span(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

export const startToken = 0;
export const endToken = 1;
/** Merges, in order: each joins two tokens that are there already. Spaces are Ġ. */
const merges = ['t h', 'th e', 'Ġ the', 'Ġ c', 'Ġc a', 'Ġca t', 'Ġ a', 'Ġ s', 'Ġs a', 'Ġsa t', 'c a', 'ca t', 'Ã ©'];

/** A control token as a tokenizer file lists it. */
export function control(content: string, id: number) {
  return { id, content, special: true, single_word: false, lstrip: false, rstrip: false, normalized: false };
}

/** The UTF-8 bytes of a text, one character (U+0000 to U+00FF) for each. */
export function bytesOfText(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** The tokenizer's JSON: control tokens 0 and 1, the 256 bytes, what the merges make, and a token nothing makes. */
export function byteTokenizerJson() {
  const tokens = ['<|start|>', '<|end|>', ...charOfByte, ...merges.map((merge) => merge.replace(' ', ''))];
  return {
    version: '1.0',
    added_tokens: [control('<|start|>', 0), control('<|end|>', 1)],
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: { type: 'BPE', vocab: Object.fromEntries(tokens.map((token, id) => [token, id])), merges },
  };
}

export function smallByteTokenizer(): ByteTokenizer {
  return createByteTokenizer('decoder.tokenizer.json', byteTokenizerJson(), { tokenizer_class: 'GPT2Tokenizer' });
}
