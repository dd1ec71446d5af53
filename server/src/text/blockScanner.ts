/** Incremental extraction for languages whose blocks can be cut one after the other, without looking back. */
import type { Steps } from '../base/steps.ts';
import type { PlacedPiece } from './pieces.ts';
import type { TextChange } from './textChange.ts';

/** One block: a paragraph and the blank lines behind it, an environment, the preamble. */
export interface ScannedBlock {
  /** UTF-16 units, at least 1. */
  readonly length: number;
  /** How far from its start the text was read to find its end; beyond the text when it was read to the text's end. */
  readonly reach: number;
  /** Placed from the block's start. */
  readonly pieces: readonly PlacedPiece[];
}

/** Cuts and extracts the block at `start` from nothing but `text` from `start` on, and whether `start` is 0. */
export type BlockScanner = (text: string, start: number) => ScannedBlock;

export interface PlacedBlock {
  readonly start: number;
  readonly block: ScannedBlock;
}

/**
 * All blocks of `text`. Blocks of an earlier text are taken over where the changes leave alone what they were made of:
 * the result equals a scan from scratch, because a block depends only on what its scanner read.
 */
export function* scanBlocks(
  text: string,
  scanner: BlockScanner,
  previous: readonly PlacedBlock[] = [],
  changes: readonly TextChange[] = [],
): Steps<PlacedBlock[]> {
  const kept = yield* untouched(previous, changes);
  const blocks: PlacedBlock[] = [];
  let next = 0;
  for (let start = 0; start < text.length; ) {
    while (next < kept.length && (kept[next] as PlacedBlock).start < start) next++;
    const old = kept[next];
    const placed = old?.start === start ? old : { start, block: scanner(text, start) };
    blocks.push(placed);
    start += placed.block.length;
    yield;
  }
  return blocks;
}

function* untouched(previous: readonly PlacedBlock[], changes: readonly TextChange[]): Steps<readonly PlacedBlock[]> {
  let kept = previous;
  for (const { start, end, text } of changes) {
    const shift = text.length - (end - start);
    const next: PlacedBlock[] = [];
    for (const placed of kept) {
      if (start > placed.start + placed.block.reach) next.push(placed);
      else if (end < placed.start)
        next.push(shift === 0 ? placed : { start: placed.start + shift, block: placed.block });
    }
    kept = next;
    yield;
  }
  return kept;
}
