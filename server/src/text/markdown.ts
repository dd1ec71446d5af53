/** Markdown: Lezer's blocks, of which the untouched ones outlive an edit, and each block's prose beside it. */
import { Tree } from '@lezer/common';
import type { MarkdownParser } from '@lezer/markdown';
import { changedRange } from '../base/changedRange.ts';
import { partitionPoint } from '../base/partitionPoint.ts';
import { type Steps, triflesAtOnce } from '../base/steps.ts';
import type { DocumentText } from './documentText.ts';
import { InlineReader } from './markdownProse.ts';
import { parseStretches, type Stretch } from './markdownStretches.ts';
import { type Extraction, type OpaquePiece, type PlacedPiece, plainSentence, prosePieces } from './pieces.ts';
import { ProseBuilder } from './prose.ts';
import type { TextChange } from './textChange.ts';

/** What one block gave, placed from its start, and the link labels this rests on, each defined or not at the time. */
interface ReadLeaf {
  readonly pieces: readonly PlacedPiece[];
  readonly labels: ReadonlyMap<string, boolean>;
  /** Where the block was last, and its pieces placed from the document's start: most blocks stay there. */
  from: number;
  placed: readonly PlacedPiece[];
}

interface Leaf {
  readonly tree: Tree;
  /** From its stretch's start. */
  readonly from: number;
  /** Inside a list or a quotation. */
  readonly nested: boolean;
}

/** What a stretch holds, whatever stands elsewhere. */
interface Contents {
  readonly leaves: readonly Leaf[];
  /** Labels of the links that are defined there. */
  readonly labels: readonly string[];
}

interface Blocks {
  readonly stretches: readonly Stretch[];
  /** Labels of the links that are defined. */
  readonly defined: ReadonlySet<string>;
  /** By the stretch's tree and by the block's: the same objects as long as edits leave them alone. */
  readonly contents: WeakMap<Tree, Contents>;
  readonly read: WeakMap<Tree, ReadLeaf>;
  readonly pieces: readonly PlacedPiece[];
}

function noBlocks(): Blocks {
  return { stretches: [], defined: new Set(), contents: new WeakMap(), read: new WeakMap(), pieces: [] };
}

/** Pandoc's attributes behind a heading. */
const attributes = /\s\{[#.-][^{}]{0,200}\}$/u;
const containers: ReadonlySet<string> = new Set(['Document', 'Blockquote', 'BulletList', 'OrderedList', 'ListItem']);
const proseLeaves: ReadonlySet<string> = new Set(['Paragraph', 'Task', 'FootnoteDefinition']);
/** Units of the front matter that nearly no document has more of. */
const longestFrontMatter = 4096;
/** Blocks that only a blank line ends: what is typed on the line below still belongs to them. */
const greedyLeaves: ReadonlySet<string> = new Set(['Table', 'HTMLBlock']);

export class MarkdownExtraction implements Extraction {
  readonly #parser: MarkdownParser;
  readonly #length: number;
  readonly #frontMatter: number;
  readonly #blocks: Blocks;

  private constructor(parser: MarkdownParser, length: number, frontMatter: number, blocks: Blocks) {
    this.#parser = parser;
    this.#length = length;
    this.#frontMatter = frontMatter;
    this.#blocks = blocks;
  }

  get pieces(): readonly PlacedPiece[] {
    return this.#blocks.pieces;
  }

  static *of(text: DocumentText, parser: MarkdownParser): Steps<MarkdownExtraction> {
    const frontMatter = frontMatterLength(text);
    const stretches = yield* parseStretches(text, parser, frontMatter);
    const blocks = yield* blocksOf(text, stretches, frontMatter, noBlocks());
    return new MarkdownExtraction(parser, text.length, frontMatter, blocks);
  }

  *changed(text: DocumentText, changes: readonly TextChange[]): Steps<Extraction> {
    const frontMatter = frontMatterLength(text);
    const parser = this.#parser;
    const { stretches: earlier } = this.#blocks;
    const stretches = this.#keepsFrontMatter(frontMatter, changes)
      ? yield* parseStretches(text, parser, frontMatter, earlier, this.#length, changes)
      : yield* parseStretches(text, parser, frontMatter);
    const blocks = yield* blocksOf(text, stretches, frontMatter, this.#blocks);
    return new MarkdownExtraction(parser, text.length, frontMatter, blocks);
  }

  /** Whether the front matter neither came, nor went, nor changed its end; its length now is `frontMatter`. */
  #keepsFrontMatter(frontMatter: number, changes: readonly TextChange[]): boolean {
    let expected = this.#frontMatter;
    for (const { start, end, text } of changes) {
      if (start < expected && end > expected) return false;
      if (expected > 0 && end <= expected) expected += text.length - (end - start);
    }
    return frontMatter === expected;
  }
}

/** The blocks of a text, and what they were read as; `before`: of the text before some changes. */
function* blocksOf(
  text: DocumentText,
  stretches: readonly Stretch[],
  frontMatter: number,
  before: Blocks,
): Steps<Blocks> {
  const { contents, read } = before;
  const defined = new Set<string>();
  for (const { start, tree } of stretches) {
    let found = contents.get(tree);
    if (!found) {
      const leaves = yield* leavesOf(tree);
      found = { leaves, labels: labelsOf(text, start, leaves) };
      contents.set(tree, found);
    }
    for (const label of found.labels) defined.add(label);
  }
  const same = isSame(defined, before.defined)
    ? changedRange(before.stretches, stretches, (a, b) => a.tree === b.tree && a.start === b.start)[0]
    : 0;
  const pieces = piecesBefore(before.stretches[same]?.start ?? Number.POSITIVE_INFINITY, before.pieces);
  if (same === 0 && frontMatter > 0) pieces.push({ at: 0, piece: opaque(frontMatter) });
  let looked = 0;
  for (const { start, tree } of stretches.slice(same)) {
    for (const leaf of contents.get(tree)?.leaves ?? []) {
      const at = start + leaf.from;
      let known = read.get(leaf.tree);
      if (!known || !stillStands(known, defined)) {
        known = readLeaf(text, leaf, at, defined);
        read.set(leaf.tree, known);
        yield;
      } else if (++looked % triflesAtOnce === 0) yield;
      if (known.from !== at) {
        known.placed = known.pieces.map((placed) => ({ at: at + placed.at, piece: placed.piece }));
        known.from = at;
      }
      for (const piece of known.placed) pieces.push(piece);
    }
  }
  return { stretches, defined, contents, read, pieces };
}

function labelsOf(text: DocumentText, start: number, leaves: readonly Leaf[]): string[] {
  return leaves.flatMap(({ tree, from }) => {
    if (tree.type.name !== 'LinkReference') return [];
    return labelOf(text.slice(start + from, start + from + tree.length)) ?? [];
  });
}

function isSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((each) => b.has(each));
}

function piecesBefore(offset: number, pieces: readonly PlacedPiece[]): PlacedPiece[] {
  return pieces.slice(
    0,
    partitionPoint(pieces.length, (i) => (pieces[i] as PlacedPiece).at < offset),
  );
}

function stillStands({ labels }: ReadLeaf, defined: ReadonlySet<string>): boolean {
  for (const [label, was] of labels) if (defined.has(label) !== was) return false;
  return true;
}

function readLeaf(text: DocumentText, leaf: Leaf, at: number, defined: ReadonlySet<string>): ReadLeaf {
  const labels = new Map<string, boolean>();
  const isDefined = (label: string): boolean => {
    const key = normalLabel(label);
    const is = defined.has(key);
    labels.set(key, is);
    return is;
  };
  const pieces = leafPieces(text, leaf, at, isDefined);
  return { pieces, labels, from: 0, placed: pieces };
}

function leafPieces(
  text: DocumentText,
  { tree, nested }: Leaf,
  from: number,
  isDefined: (label: string) => boolean,
): readonly PlacedPiece[] {
  const { name } = tree.type;
  const source = text.slice(from, from + tree.length);
  const builder = new ProseBuilder(source);
  const reader = new InlineReader(source, builder, isDefined);
  if (proseLeaves.has(name)) {
    reader.content(tree.cursor(), 0, source.length);
    return prosePieces(builder);
  }
  if (name === 'LinkReference') return reference(source, builder);
  const level = nested ? 0 : Number(/^(?:ATX|Setext)Heading(\d)$/u.exec(name)?.[1] ?? 0);
  if (level > 0) {
    reader.content(tree.cursor(), 0, source.length);
    const heading = plainSentence(builder.finish().text).replace(attributes, '');
    return [{ at: 0, piece: { kind: 'heading', length: tree.length, level, text: heading } }];
  }
  const belongs = greedyLeaves.has(name) && text.charAt(from + tree.length) === '\n' ? 1 : 0;
  return [{ at: 0, piece: opaque(tree.length + belongs) }];
}

/** A link's definition; one whose label makes it a footnote, ended by text right below it, is prose behind its mark. */
function reference(source: string, builder: ProseBuilder): readonly PlacedPiece[] {
  const mark = /^\[\^[^\]\s]+\]:/u.exec(source)?.[0].length;
  if (mark === undefined) return [{ at: 0, piece: opaque(source.length) }];
  builder.island(0, mark, true);
  builder.copy(mark, source.length);
  return prosePieces(builder);
}

/**
 * The blocks that hold no blocks, in order. Without recursion: quotations may be nested as deep as a line is long; and
 * without a cursor, which takes ten times as long.
 */
function* leavesOf(root: Tree): Steps<Leaf[]> {
  const leaves: Leaf[] = [];
  /** Of the blocks around: their child that comes next. */
  const open = [{ tree: root, from: 0, nested: false, next: 0 }];
  for (let i = 0, block = open[0]; block; block = open.at(-1), i++) {
    const child = block.tree.children[block.next];
    const from = block.from + (block.tree.positions[block.next] ?? 0);
    block.next++;
    if (child === undefined) open.pop();
    // Blocks are trees; a node without a name holds some of a long list's.
    else if (child instanceof Tree) {
      if (child.type.isAnonymous) open.push({ tree: child, from, nested: block.nested, next: 0 });
      else if (containers.has(child.type.name)) open.push({ tree: child, from, nested: true, next: 0 });
      // An item of white space alone holds a code block of no length.
      else if (child.length > 0) leaves.push({ tree: child, from, nested: block.nested });
    }
    if (i % triflesAtOnce === 0) yield;
  }
  return leaves;
}

function opaque(length: number): OpaquePiece {
  return { kind: 'opaque', length, open: true };
}

/** Length of the YAML or TOML between fences at the document's start, its last line break included; 0 without any. */
function frontMatterLength(text: DocumentText): number {
  const fence = /^(---|\+\+\+)[^\S\n]*\r?\n/u.exec(text.slice(0, text.lineEnd(0)));
  if (!fence?.[1]) return 0;
  const closing = fence[1] === '---' ? /^(?:---|\.\.\.)[^\S\n]*(?:\n|$)/gmu : /^\+\+\+[^\S\n]*(?:\n|$)/gmu;
  for (let looked = longestFrontMatter; ; looked *= 16) {
    const isAll = looked >= text.length;
    const head = text.slice(0, isAll ? text.length : looked);
    closing.lastIndex = fence[0].length;
    // What the end of the head seems to close may go on behind it.
    if (closing.test(head) && (isAll || closing.lastIndex < looked)) return closing.lastIndex;
    if (isAll) return 0;
  }
}

function labelOf(source: string): string | undefined {
  const label = /^\[((?:[^\\\]]|\\.)*)\]:/su.exec(source)?.[1];
  return label === undefined ? undefined : normalLabel(label);
}

/** Labels match whatever their case and white space. */
function normalLabel(label: string): string {
  return label.trim().replace(/\s+/gu, ' ').toLowerCase().toUpperCase();
}
