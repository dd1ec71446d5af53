/** The concept decoder: words plans in the voice of the text before them, continuing what is already typed. */
import type { Tensor } from 'onnxruntime-node';
import { LruCache } from '../base/lruCache.ts';
import type { ConceptVector } from '../concepts/conceptVector.ts';
import type { DecodeRequest, Wording } from '../concepts/engine.ts';
import type { Bundle } from './bundle.ts';
import { type NextTokens, openDecoderModel } from './decoderModel.ts';
import type { Resident } from './device.ts';
import type { KeyValues } from './keyValues.ts';
import { BundleError } from './manifest.ts';
import type { RunOptions } from './onnxModel.ts';
import { Openings } from './openings.ts';
import { StepTimes } from './stepTimes.ts';
import { createByteTokenizer, textOfBytes } from './tokenizer.ts';
import { TokenRuns } from './tokenRuns.ts';
import { WordingBatch } from './wordingBatch.ts';
import { forbidden, spells, WordingRow } from './wordingRow.ts';
import type { Checkpoint } from './workQueue.ts';

/** Tokens of one run, over all rows, so that it lasts no more than about 50 ms beyond reading the weights. */
const maxTokensPerRun = 48;
/**
 * And at least of a context, as far as it has them: a token alone goes through other kernels, which round otherwise, and
 * what a context becomes must not depend on the parts it was read in.
 */
const leastTokensPerRun = 2;
/** Contexts whose cache is kept, the last used. Key: their token ids, so that no edit makes one wrong. */
const contextsKept = 4;
/** Biases that are kept beside the one that leaves all free, the last used. */
const biasesKept = 4;
/** Text taken for each token wanted: plenty, tokens of prose have four to five characters. */
const charactersPerToken = 16;
/** Tokens of a typed part that are fed; of a longer one the last count. */
const maxTypedTokens = 96;

export interface ConceptDecoder {
  decode(request: DecodeRequest, checkpoint: Checkpoint): Promise<Wording[]>;
  prefill(contextText: string, checkpoint: Checkpoint): Promise<void>;
  /** See EngineUsage. */
  stepMs(): ReadonlyMap<number, number>;
  release(): Promise<void>;
}

/** Opens the bundle's decoder. Throws BundleError if graphs or tokenizer are not what the manifest says. */
export async function openConceptDecoder(bundle: Bundle, options: RunOptions): Promise<ConceptDecoder> {
  const { decoder } = bundle.manifest;
  const { prefixLength } = decoder;
  const tokenizer = createByteTokenizer(
    decoder.tokenizer,
    await bundle.readJson(decoder.tokenizer),
    await bundle.readJson(decoder.tokenizerConfig),
  );
  if (tokenizer.vocabularySize > decoder.vocabularySize) {
    throw new BundleError(
      `${decoder.tokenizer}: has ${tokenizer.vocabularySize} tokens, expected at most ${decoder.vocabularySize}`,
    );
  }
  const model = await openDecoderModel(bundle, options);
  const stepTimes = new StepTimes();
  const contexts = new LruCache<string, KeyValues>(contextsKept, ({ tensors }) => tensors.letGo());

  const freeBias = new Float32Array(decoder.vocabularySize).fill(forbidden);
  for (let id = 0; id < decoder.vocabularySize; id++) {
    if (id === decoder.endToken || mayStandInSentence(tokenizer.pieceOf(id))) freeBias[id] = 0;
  }
  const free = await model.keptBias(freeBias);
  /** Biases by what they want spelled: that of a sentence's start, a space, is wanted by every suggestion. */
  const healing = new LruCache<string, Resident>(biasesKept, (bias) => bias.letGo());
  /** Forbids, besides, what does not spell `remaining`. */
  const healingBias = async (remaining: string): Promise<Resident> => {
    const known = healing.get(remaining);
    if (known) return known;
    const bias = freeBias.map((value, id) => (spells(tokenizer.pieceOf(id), remaining) ? value : forbidden));
    if (!bias.includes(0)) return free;
    const kept = await model.keptBias(bias);
    healing.set(remaining, kept);
    return kept;
  };
  const biasOf = async (rows: readonly WordingRow[]): Promise<Tensor> => {
    // One bias serves the whole batch: rows that differ choose among the free candidates what fits them.
    const remaining = rows[0]?.remaining ?? '';
    const healed = remaining !== '' && rows.every((row) => row.remaining === remaining);
    return (healed ? await healingBias(remaining) : free).tensors[0] as Tensor;
  };

  /** The cache of a text of these tokens: kept, or what is kept of its start read on. The caller lets go of it. */
  const contextOf = async (tokens: readonly number[], checkpoint: Checkpoint): Promise<KeyValues> => {
    const ids = [...(decoder.startToken === null ? [] : [decoder.startToken]), ...tokens];
    const key = ids.join();
    const start = Array.from(contexts.keys())
      .filter((kept) => `${key},`.startsWith(`${kept},`))
      .filter((kept) => kept === key || ids.length - (contexts.peek(kept)?.length ?? 0) >= leastTokensPerRun)
      .reduce((longest, kept) => (kept.length > longest.length ? kept : longest), '');
    let context = contexts.get(start);
    if (context) context.tensors.hold();
    else context = model.empty();
    try {
      while (context.length < ids.length) {
        await checkpoint();
        const left = ids.length - context.length;
        const count = left <= maxTokensPerRun ? left : Math.min(maxTokensPerRun, left - leastTokensPerRun);
        const chunk = [ids.slice(context.length, context.length + count)];
        const bias = await biasOf([]);
        const step = { ids: chunk, plans: undefined, withPrefix: false, bias, past: context };
        const { present } = await model.step(step);
        context.tensors.letGo();
        context = present;
      }
    } catch (error) {
      context.tensors.letGo();
      throw error;
    }
    if (ids.length >= leastTokensPerRun && contexts.get(key) !== context) {
      context.tensors.hold();
      contexts.set(key, context);
    }
    return context;
  };

  /** Wordings of the last request that had enough without them; one for them goes on where they are. */
  let givenUp: { readonly request: DecodeRequest; readonly batch: WordingBatch } | undefined;
  const forget = (): void => {
    givenUp?.batch.letGo();
    givenUp = undefined;
  };
  const openingsOf = (typedPiece: string, texts: readonly string[]): Openings =>
    new Openings(texts.map((text) => tokenizer.encode(`${textOfBytes(typedPiece)}${text}`)));

  /** Rows for the plans behind context and typed part, each with its first token. */
  const begun = async ({ contextText, typed, plans, apartFrom }: DecodeRequest, checkpoint: Checkpoint) => {
    const { ids: typedIds, piece } = typedTokens(typed);
    const before = lastTokens(contextText);
    const bounds = apartFrom && { openings: openingsOf(piece, apartFrom), said: new TokenRuns(before) };
    const planned = plans.map((plan) => ({
      plan,
      row: new WordingRow(tokenizer, decoder.endToken, typedIds, piece, bounds),
    }));
    const context = await contextOf(before, checkpoint);
    const batch = await WordingBatch.behind(context, planned, model).finally(() => context.tensors.letGo());
    try {
      let next: readonly NextTokens[] = [];
      // Prefix and typed tokens, a few at a time; the last run's logits are those of the first new token.
      const perRun = Math.max(1, Math.floor(maxTokensPerRun / plans.length));
      for (let fed = 0, withPrefix = true; withPrefix || fed < typedIds.length; withPrefix = false) {
        await checkpoint();
        const ids = typedIds.slice(fed, fed + Math.max(withPrefix ? 0 : 1, perRun - (withPrefix ? prefixLength : 0)));
        fed += ids.length;
        next = await batch.fed(Array(plans.length).fill(ids), withPrefix, await biasOf(batch.rows));
      }
      batch.advance(next);
      return batch;
    } catch (error) {
      batch.letGo();
      throw error;
    }
  };

  /** Those of the wordings that were given up which this request wants, if it wants no others. */
  const resumed = async (request: DecodeRequest): Promise<WordingBatch | undefined> => {
    const kept = givenUp;
    if (!kept || !goesOn(kept.request, request)) return undefined;
    const openings = openingsOf(typedTokens(request.typed).piece, request.apartFrom ?? []);
    const indices = request.plans.map((plan) =>
      kept.batch.planned.findIndex(
        (each) => isSame(each.plan, plan) && !each.row.complete && each.row.isApart(openings),
      ),
    );
    if (indices.includes(-1) || new Set(indices).size < indices.length) return undefined;
    givenUp = undefined;
    try {
      await kept.batch.keep(indices);
    } catch (error) {
      kept.batch.letGo();
      throw error;
    }
    return kept.batch;
  };

  /**
   * Sentences were trained with a space before them. The last typed token may be half a word: it is dropped, and the
   * wording begins with any token that spells its bytes (token healing), `piece`.
   */
  const typedTokens = (typed: string): { readonly ids: readonly number[]; readonly piece: string } => {
    const ids = tokenizer.encode(` ${lastPart(typed, maxTypedTokens).trimStart()}`).slice(-maxTypedTokens);
    return { ids: ids.slice(0, -1), piece: tokenizer.pieceOf(ids.at(-1) ?? -1) ?? '' };
  };

  /** Those of a text's end that the decoder reads. */
  const lastTokens = (contextText: string): number[] => {
    const { contextTokens } = decoder;
    if (contextTokens === 0) return [];
    return tokenizer.encode(lastPart(contextText, contextTokens).trimEnd()).slice(-contextTokens);
  };

  return {
    async prefill(contextText, checkpoint) {
      if (givenUp?.request.contextText !== contextText) forget();
      (await contextOf(lastTokens(contextText), checkpoint)).tensors.letGo();
    },

    async decode(request, checkpoint) {
      const { plans, maxTokens, enough = plans.length } = request;
      if (plans.length === 0) return [];
      const batch = (await resumed(request)) ?? (await begun(request, checkpoint));
      const { rows } = batch;
      try {
        for (;;) {
          const left = batch.rows.flatMap((row, i) => (row.complete || row.generated >= maxTokens ? [] : [i]));
          if (left.length === 0) break;
          if (rows.filter((row) => row.complete).length >= enough) {
            forget();
            givenUp = { request, batch };
            return rows.map((row) => ({ ...row.wording(), givenUp: !row.complete }));
          }
          await batch.keep(left);
          await checkpoint();
          const from = performance.now();
          const ids = batch.rows.map((row) => [row.lastToken]);
          batch.advance(await batch.fed(ids, false, await biasOf(batch.rows)));
          stepTimes.add(ids.length, performance.now() - from);
        }
      } catch (error) {
        batch.letGo();
        throw error;
      }
      batch.letGo();
      return rows.map((row) => row.wording());
    },

    stepMs: () => stepTimes.medians(),

    async release() {
      forget();
      contexts.clear();
      healing.clear();
      free.letGo();
      await model.release();
    },
  };
}

/** The end of a text, white space collapsed: more than `tokens` tokens of it, but no more than a tokenizer reads at once. */
function lastPart(text: string, tokens: number): string {
  const enough = tokens * charactersPerToken;
  const flat = text.slice(-2 * enough).replace(/\s+/g, ' ');
  if (flat.length <= enough) return flat;
  // Cut before a space, where tokens begin anyway.
  const cut = flat.indexOf(' ', flat.length - enough);
  return flat.slice(cut < 0 ? -enough : cut);
}

/** Whether a request may go on with wordings of another: but for which plans it wants, it is the same. */
function goesOn(earlier: DecodeRequest, { contextText, typed, maxTokens, apartFrom }: DecodeRequest): boolean {
  return (
    earlier.contextText === contextText &&
    earlier.typed === typed &&
    earlier.maxTokens === maxTokens &&
    (earlier.apartFrom === undefined) === (apartFrom === undefined)
  );
}

function isSame(a: ConceptVector, b: ConceptVector): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

/** Whether a token may come in a sentence: no control token, no line break, no run of white space. */
function mayStandInSentence(piece: string | undefined): boolean {
  return piece !== undefined && !/[\n\r\t\v\f]| {2}/.test(piece);
}
