/** Markdown: Lezer's block tree, whose untouched blocks outlive an edit, and each block's prose beside it. */
import { Tree, TreeFragment } from '@lezer/common';
import type { MarkdownParser } from '@lezer/markdown';
import { changedRange } from '../base/changedRange.ts';
import { partitionPoint } from '../base/partitionPoint.ts';
import { type Steps, triflesAtOnce } from '../base/steps.ts';

import { MarkdownInput } from './markdownInput.ts';
import { InlineReader } from './markdownProse.ts';
import { type Extraction, type OpaquePiece, type PlacedPiece, plainSentence, prosePieces } from './pieces.ts';
import { ProseBuilder } from './prose.ts';
import { changedRanges, type TextChange } from './textChange.ts';

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
  readonly from: number;
  /** Inside a list or a quotation. */
  readonly nested: boolean;
}

interface Blocks {
  readonly leaves: readonly Leaf[];
  /** Labels of the links that are defined. */
  readonly defined: ReadonlySet<string>;
  /** By the block's tree, which is the same object as long as an edit leaves the block alone; grows from text to text. */
  readonly read: WeakMap<Tree, ReadLeaf>;
  readonly pieces: readonly PlacedPiece[];
}

function noBlocks(): Blocks {
  return { leaves: [], defined: new Set(), read: new WeakMap(), pieces: [] };
}

/** Pandoc's attributes behind a heading. */
const attributes = /\s\{[#.-][^{}]{0,200}\}$/u;
const containers: ReadonlySet<string> = new Set(['Document', 'Blockquote', 'BulletList', 'OrderedList', 'ListItem']);
const proseLeaves: ReadonlySet<string> = new Set(['Paragraph', 'Task', 'FootnoteDefinition']);
/** Blocks that only a blank line ends: what is typed on the line below still belongs to them. */
const greedyLeaves: ReadonlySet<string> = new Set(['Table', 'HTMLBlock']);

export class MarkdownExtraction implements Extraction {
  readonly #parser: MarkdownParser;
  readonly #tree: Tree;
  readonly #frontMatter: number;
  readonly #blocks: Blocks;

  private constructor(parser: MarkdownParser, tree: Tree, frontMatter: number, blocks: Blocks) {
    this.#parser = parser;
    this.#tree = tree;
    this.#frontMatter = frontMatter;
    this.#blocks = blocks;
  }

  get pieces(): readonly PlacedPiece[] {
    return this.#blocks.pieces;
  }

  /** `previous` and `changes` only save work. */
  static *of(
    text: string,
    parser: MarkdownParser,
    previous?: MarkdownExtraction,
    changes: readonly TextChange[] = [],
  ): Steps<MarkdownExtraction> {
    const frontMatter = frontMatterLength(text);
    const fragments = previous ? previous.#fragments(frontMatter, changes) : [];
    const parse = parser.startParse(new MarkdownInput(text, frontMatter), fragments);
    let tree: Tree | null = null;
    for (; !tree; yield) tree = parse.advance();
    const blocks = yield* blocksOf(text, tree, frontMatter, previous ? previous.#blocks : noBlocks());
    return new MarkdownExtraction(parser, tree, frontMatter, blocks);
  }

  changed(text: string, changes: readonly TextChange[]): Steps<Extraction> {
    return MarkdownExtraction.of(text, this.#parser, this, changes);
  }

  /** What of this tree still stands after the changes; nothing when the front matter came, went, or changed its end. */
  #fragments(frontMatter: number, changes: readonly TextChange[]): readonly TreeFragment[] {
    let expected = this.#frontMatter;
    for (const { start, end, text } of changes) {
      if (start < expected && end > expected) return [];
      if (expected > 0 && end <= expected) expected += text.length - (end - start);
    }
    if (frontMatter !== expected) return [];
    // A unit more on both sides: the one before may be half of a line break, which the parser saw by what followed; and
    // Lezer takes a line for untouched that only lost its beginning. All changes at once: cutting a fragment a second
    // time would forget that its end was open.
    const ranges = changedRanges(changes, this.#tree.length, 1);
    return TreeFragment.applyChanges(TreeFragment.addTree(this.#tree), ranges);
  }
}

/** The blocks of a text, and what they were read as. */
function* blocksOf(text: string, tree: Tree, frontMatter: number, before: Blocks): Steps<Blocks> {
  const { read } = before;
  const leaves = yield* leavesOf(tree, before.leaves);
  const defined = new Set<string>();
  for (const { tree, from } of leaves) {
    const label = tree.type.name === 'LinkReference' ? labelOf(text.slice(from, from + tree.length)) : undefined;
    if (label !== undefined) defined.add(label);
  }
  const same = isSame(defined, before.defined) ? changedRange(before.leaves, leaves, (a, b) => a === b)[0] : 0;
  const pieces = same > 0 ? piecesBefore(before.leaves[same]?.from ?? Number.POSITIVE_INFINITY, before.pieces) : [];
  if (same === 0 && frontMatter > 0) pieces.push({ at: 0, piece: opaque(frontMatter) });
  for (let i = same; i < leaves.length; i++) {
    const leaf = leaves[i] as Leaf;
    let known = read.get(leaf.tree);
    if (!known || !stillStands(known, defined)) {
      known = readLeaf(text, leaf, defined);
      read.set(leaf.tree, known);
      yield;
    } else if (i % triflesAtOnce === 0) yield;
    if (known.from !== leaf.from) {
      known.placed = known.pieces.map(({ at, piece }) => ({ at: leaf.from + at, piece }));
      known.from = leaf.from;
    }
    for (const piece of known.placed) pieces.push(piece);
  }
  return { leaves, defined, read, pieces };
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

function readLeaf(text: string, leaf: Leaf, defined: ReadonlySet<string>): ReadLeaf {
  const labels = new Map<string, boolean>();
  const isDefined = (label: string): boolean => {
    const key = normalLabel(label);
    const is = defined.has(key);
    labels.set(key, is);
    return is;
  };
  const pieces = leafPieces(text, leaf, isDefined);
  return { pieces, labels, from: 0, placed: pieces };
}

function leafPieces(
  text: string,
  { tree, from, nested }: Leaf,
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
 * without a cursor, which takes ten times as long where every keystroke walks over thousands of blocks. Those at the same
 * number of `before` that stand as they stood are the same objects.
 */
function* leavesOf(root: Tree, before: readonly Leaf[]): Steps<Leaf[]> {
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
      else if (child.length > 0) {
        const { nested } = block;
        const was = before[leaves.length];
        const stands = was?.tree === child && was.from === from && was.nested === nested;
        leaves.push(stands ? was : { tree: child, from, nested });
      }
    }
    if (i % triflesAtOnce === 0) yield;
  }
  return leaves;
}

function opaque(length: number): OpaquePiece {
  return { kind: 'opaque', length, open: true };
}

/** Length of the YAML or TOML between fences at the document's start, its last line break included; 0 without any. */
function frontMatterLength(text: string): number {
  const fence = /^(---|\+\+\+)[^\S\n]*\r?\n/u.exec(text);
  if (!fence?.[1]) return 0;
  const closing = fence[1] === '---' ? /^(?:---|\.\.\.)[^\S\n]*(?:\n|$)/gmu : /^\+\+\+[^\S\n]*(?:\n|$)/gmu;
  closing.lastIndex = fence[0].length;
  return closing.test(text) ? closing.lastIndex : 0;
}

function labelOf(source: string): string | undefined {
  const label = /^\[((?:[^\\\]]|\\.)*)\]:/su.exec(source)?.[1];
  return label === undefined ? undefined : normalLabel(label);
}

/** Labels match whatever their case and white space. */
function normalLabel(label: string): string {
  return label.trim().replace(/\s+/gu, ' ').toLowerCase().toUpperCase();
}
