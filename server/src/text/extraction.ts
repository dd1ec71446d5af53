/** A document's text taken apart by the rules of its language, and kept so that an edit repeats only what it touches. */
import { familyOf, type MarkupFamily } from '../base/languages.ts';
import type { Steps } from '../base/steps.ts';
import { type BlockScanner, type PlacedBlock, scanBlocks } from './blockScanner.ts';
import { scanLatexBlock } from './latex.ts';
import { MarkdownExtraction } from './markdown.ts';
import type { Extraction, PlacedPiece } from './pieces.ts';
import { scanPlaintextBlock } from './plaintext.ts';
import type { TextChange } from './textChange.ts';

/** Takes a text apart; a language without rules of its own is read as plain text. */
export function* extract(languageId: string, text: string): Steps<Extraction> {
  const family = familyOf(languageId);
  if (family === 'markdown') return yield* MarkdownExtraction.of(text);
  const scanner = scanners[family] ?? scanPlaintextBlock;
  return new BlockExtraction(scanner, yield* scanBlocks(text, scanner));
}

const scanners: Partial<Readonly<Record<MarkupFamily, BlockScanner>>> = { latex: scanLatexBlock };

class BlockExtraction implements Extraction {
  readonly pieces: readonly PlacedPiece[];
  readonly #scanner: BlockScanner;
  readonly #blocks: readonly PlacedBlock[];

  constructor(scanner: BlockScanner, blocks: readonly PlacedBlock[]) {
    this.#scanner = scanner;
    this.#blocks = blocks;
    this.pieces = blocks.flatMap(({ start, block }) =>
      block.pieces.map(({ at, piece }) => ({ at: start + at, piece })),
    );
  }

  *changed(text: string, changes: readonly TextChange[]): Steps<Extraction> {
    return new BlockExtraction(this.#scanner, yield* scanBlocks(text, this.#scanner, this.#blocks, changes));
  }
}
