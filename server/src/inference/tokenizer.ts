/** Text to token ids and back, over a Hugging Face tokenizer file. */
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import { BundleError } from './manifest.ts';

export interface Tokenizer {
  /** Token ids of `text`; with the tokenizer's own start and end marks unless `bare`. */
  encode(text: string, options?: { readonly bare?: boolean }): number[];
  /** The text of token ids, without control tokens. */
  decode(ids: readonly number[]): string;
}

/** A tokenizer whose tokens are known by the bytes they spell. */
export interface ByteTokenizer extends Tokenizer {
  /** The token's bytes, one character (U+0000 to U+00FF) for each; undefined for control tokens and unused ids. */
  pieceOf(id: number): string | undefined;
  /** Id of the token that spells exactly these bytes. */
  idOf(piece: string): number | undefined;
  readonly vocabularySize: number;
}

const tokenizerFile = z.looseObject({
  pre_tokenizer: z.looseObject({ type: z.string() }).nullish(),
  model: z.looseObject({ type: z.string(), vocab: z.record(z.string(), z.number()) }),
  added_tokens: z.array(z.looseObject({ id: z.number(), content: z.string(), special: z.boolean() })),
});

/** The encoder's tokenizer. Throws BundleError, naming `file`, if the JSON is no tokenizer. */
export function createTokenizer(file: string, json: unknown, config: unknown): Tokenizer {
  const { tokenizer } = load(file, json, config, false);
  return {
    encode: (text, options) => tokenizer.encode(wellFormed(text), { add_special_tokens: !options?.bare }).ids,
    decode: (ids) => (ids.length === 0 ? '' : tokenizer.decode([...ids], { skip_special_tokens: true })),
  };
}

/**
 * The decoder's BPE tokenizer, byte-level or SentencePiece's; a document that spells a control token gets ordinary
 * tokens for it.
 */
export function createByteTokenizer(file: string, json: unknown, config: unknown): ByteTokenizer {
  const { tokenizer, controls, spaced } = load(file, json, config, true);
  const bytesOf = spaced ? bytesOfWordPiece : bytesOfToken;
  const pieces: (string | undefined)[] = [];
  const ids = new Map<string, number>();
  for (const [token, id] of tokenizer.get_vocab()) {
    const piece = controls.has(id) ? undefined : bytesOf(token);
    pieces[id] = piece;
    if (piece !== undefined) ids.set(piece, id);
  }
  if (!spaced && ids.size < 256) throw new BundleError(`${file}: not a byte-level tokenizer`);
  return {
    encode: (text) => (text === '' ? [] : tokenizer.encode(wellFormed(text), { add_special_tokens: false }).ids),
    decode: (tokens) => textOfBytes(tokens.map((id) => pieces[id] ?? '').join('')),
    pieceOf: (id) => pieces[id],
    idOf: (piece) => ids.get(piece),
    vocabularySize: pieces.length,
  };
}

/** The text of UTF-8 bytes; bytes that are no UTF-8 become U+FFFD. */
export function textOfBytes(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function load(file: string, json: unknown, config: unknown, asPlainText: boolean) {
  const parsed = tokenizerFile.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new BundleError(`${file}: ${issue?.path.join('.') || 'not a tokenizer'}: ${issue?.message}`);
  }
  const controls = new Set(parsed.data.added_tokens.filter((token) => token.special).map((token) => token.id));
  // Without its added tokens the tokenizer never reads a control token out of a document's text.
  const source = asPlainText ? { ...parsed.data, added_tokens: [] } : parsed.data;
  try {
    const spaced = parsed.data.pre_tokenizer?.type === 'Metaspace';
    return { tokenizer: new HuggingFaceTokenizer(source, config as object), controls, spaced };
  } catch (error) {
    throw new BundleError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Lone surrogates have no UTF-8: they become U+FFFD, as they do wherever a text is written out. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}

/** The bytes a byte-level token stands for; undefined if it is written in other characters. */
function bytesOfToken(token: string): string | undefined {
  let bytes = '';
  for (const char of token) {
    const byte = byteOfChar.get(char);
    if (byte === undefined) return undefined;
    bytes += String.fromCharCode(byte);
  }
  return bytes;
}

/** The bytes of a token that is written as text, with U+2581 for a space, as SentencePiece does. */
function bytesOfWordPiece(token: string): string {
  return Buffer.from(token.replaceAll('\u2581', ' '), 'utf8').toString('latin1');
}

/** GPT-2's table: printable Latin-1 stands for itself, the other bytes for characters from U+0100 on, in order. */
const byteOfChar: ReadonlyMap<string, number> = (() => {
  const table = new Map<string, number>();
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    table.set(String.fromCharCode(printable ? byte : next++), byte);
  }
  return table;
})();
