/** A document's text taken apart by the rules of its language, and kept so that an edit repeats only what it touches. */
import { familyOf, type MarkupFamily } from '../base/languages.ts';
import type { Steps } from '../base/steps.ts';
import { scanAsciidocBlock } from './asciidoc.ts';
import { type BlockScanner, type PlacedBlock, scanBlocks } from './blockScanner.ts';
import type { DocumentText } from './documentText.ts';
import { scanGitCommitBlock } from './gitCommit.ts';
import { scanHtmlBlock } from './html.ts';
import { scanLatexBlock } from './latex.ts';
import { MarkdownExtraction } from './markdown.ts';
import { markdownParser, mdxParser } from './markdownGrammar.ts';
import { scanOrgBlock } from './org.ts';
import type { Extraction, PlacedPiece } from './pieces.ts';
import { scanPlaintextBlock } from './plaintext.ts';
import { rankedHeadings, scanRestructuredtextBlock } from './restructuredtext.ts';
import { sourceScanner } from './source.ts';
import type { TextChange } from './textChange.ts';
import { scanTypstBlock } from './typst.ts';

/** Takes a text apart; a language without rules of its own is read as plain text. */
export function* extract(languageId: string, text: DocumentText): Steps<Extraction> {
  const family = familyOf(languageId);
  if (family === 'markdown') return yield* MarkdownExtraction.of(text, markdownParser);
  if (family === 'mdx') return yield* MarkdownExtraction.of(text, mdxParser);
  const scanner = family === 'source' ? sourceScanner(languageId) : scanners[family];
  const arrange = family === 'restructuredtext' ? rankedHeadings : undefined;
  return new BlockExtraction(scanner, arrange, yield* scanBlocks(text.toString(), scanner));
}

const scanners: Readonly<Record<Exclude<MarkupFamily, 'markdown' | 'mdx' | 'source'>, BlockScanner>> = {
  latex: scanLatexBlock,
  asciidoc: scanAsciidocBlock,
  restructuredtext: scanRestructuredtextBlock,
  typst: scanTypstBlock,
  org: scanOrgBlock,
  html: scanHtmlBlock,
  gitCommit: scanGitCommitBlock,
  plaintext: scanPlaintextBlock,
};

/** What a document's blocks together say of their pieces. */
type Arrange = (pieces: readonly PlacedPiece[]) => readonly PlacedPiece[];

class BlockExtraction implements Extraction {
  readonly pieces: readonly PlacedPiece[];
  readonly #scanner: BlockScanner;
  readonly #arrange: Arrange | undefined;
  readonly #blocks: readonly PlacedBlock[];

  constructor(scanner: BlockScanner, arrange: Arrange | undefined, blocks: readonly PlacedBlock[]) {
    this.#scanner = scanner;
    this.#arrange = arrange;
    this.#blocks = blocks;
    const pieces = blocks.flatMap(({ start, block }) =>
      block.pieces.map(({ at, piece }) => ({ at: start + at, piece })),
    );
    this.pieces = arrange ? arrange(pieces) : pieces;
  }

  *changed(text: DocumentText, changes: readonly TextChange[]): Steps<Extraction> {
    const blocks = yield* scanBlocks(text.toString(), this.#scanner, this.#blocks, changes);
    return new BlockExtraction(this.#scanner, this.#arrange, blocks);
  }
}
