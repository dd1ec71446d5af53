/** The concept decoder: words plans in the voice of the text before them, continuing what is already typed. */
import type { Tensor } from 'onnxruntime-node';
import { LruCache } from '../base/lruCache.ts';
import type { DecodeRequest, Wording } from '../concepts/engine.ts';
import type { Bundle } from './bundle.ts';
import { type DecoderStep, type NextTokens, openDecoderModel } from './decoderModel.ts';
import type { Resident } from './device.ts';
import type { KeyValues } from './keyValues.ts';
import { BundleError } from './manifest.ts';
import type { RunOptions } from './onnxModel.ts';
import { Openings } from './openings.ts';
import { StepTimes } from './stepTimes.ts';
import { createByteTokenizer, textOfBytes } from './tokenizer.ts';
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

  /** The cache of the last words of a text: kept, or what is kept of its start read on. The caller lets go of it. */
  const contextOf = async (contextText: string, checkpoint: Checkpoint): Promise<KeyValues> => {
    const ids = [...(decoder.startToken === null ? [] : [decoder.startToken]), ...lastTokens(contextText)];
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

  const lastTokens = (contextText: string): number[] => {
    const { contextTokens } = decoder;
    if (contextTokens === 0) return [];
    return tokenizer.encode(lastPart(contextText, contextTokens).trimEnd()).slice(-contextTokens);
  };

  return {
    async prefill(contextText, checkpoint) {
      (await contextOf(contextText, checkpoint)).tensors.letGo();
    },

    async decode({ contextText, typed, plans, maxTokens, enough = plans.length, apartFrom }, checkpoint) {
      if (plans.length === 0) return [];
      // Sentences were trained with a space before them. The last typed token may be half a word: it is dropped, and
      // the wording begins with any token that spells its bytes (token healing).
      const typedIds = tokenizer.encode(` ${lastPart(typed, maxTypedTokens).trimStart()}`).slice(-maxTypedTokens);
      const typedPiece = tokenizer.pieceOf(typedIds.pop() ?? -1) ?? '';
      const tokensOf = (text: string) => tokenizer.encode(`${textOfBytes(typedPiece)}${text}`);
      const openings = apartFrom && new Openings(apartFrom.map(tokensOf));
      const rows = plans.map(() => new WordingRow(tokenizer, decoder.endToken, typedIds, typedPiece, openings));

      const context = await contextOf(contextText, checkpoint);
      /** What this decoding alone holds. */
      const own = new Set([context.tensors]);
      const replaced = <T extends Resident>(old: Resident, by: T): T => {
        own.add(by);
        own.delete(old);
        old.letGo();
        return by;
      };
      try {
        await checkpoint();
        let states = await model.planStates(plans);
        own.add(states);
        let past = await model.cacheRows(context, Array(plans.length).fill(0));
        replaced(context.tensors, past.tensors);
        let active = rows;
        const step = async (ids: DecoderStep['ids'], withPrefix: boolean): Promise<readonly NextTokens[]> => {
          await checkpoint();
          const bias = await biasOf(active);
          const { next, present } = await model.step({ ids, plans: states, withPrefix, bias, past });
          replaced(past.tensors, present.tensors);
          past = present;
          return next;
        };

        let next: readonly NextTokens[] = [];
        // Prefix and typed tokens, a few at a time; the last run's logits are those of the first new token.
        const perRun = Math.max(1, Math.floor(maxTokensPerRun / plans.length));
        for (let fed = 0, withPrefix = true; withPrefix || fed < typedIds.length; withPrefix = false) {
          const ids = typedIds.slice(fed, fed + Math.max(withPrefix ? 0 : 1, perRun - (withPrefix ? prefixLength : 0)));
          fed += ids.length;
          next = await step(
            rows.map(() => ids),
            withPrefix,
          );
        }

        for (;;) {
          active.forEach((row, i) => {
            row.advance(next[i] as NextTokens);
          });
          const goOn = active.flatMap((row, i) => (row.complete || row.generated >= maxTokens ? [] : [i]));
          if (goOn.length === 0 || rows.filter((row) => row.complete).length >= enough) break;
          if (goOn.length < active.length) {
            const fewer = await model.cacheRows(past, goOn);
            replaced(past.tensors, fewer.tensors);
            past = fewer;
            states = replaced(states, await model.planRows(states, goOn));
            active = goOn.map((i) => active[i] as WordingRow);
          }
          const from = performance.now();
          next = await step(
            active.map((row) => [row.lastToken]),
            false,
          );
          stepTimes.add(active.length, performance.now() - from);
        }
        return rows.map((row) => row.wording());
      } finally {
        for (const tensors of own) tensors.letGo();
      }
    },

    stepMs: () => stepTimes.medians(),

    async release() {
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

/** Whether a token may come in a sentence: no control token, no line break, no run of white space. */
function mayStandInSentence(piece: string | undefined): boolean {
  return piece !== undefined && !/[\n\r\t\v\f]| {2}/.test(piece);
}
