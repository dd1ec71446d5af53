/**
 * Markdown's blocks in stretches of a few thousand units: an edit parses those around it again, and leaves all others
 * without a look at them.
 */
import { Tree, TreeFragment } from '@lezer/common';
import type { MarkdownParser } from '@lezer/markdown';
import { partitionPoint } from '../base/partitionPoint.ts';
import type { Steps } from '../base/steps.ts';
import type { DocumentText } from './documentText.ts';
import { MarkdownInput } from './markdownInput.ts';
import { type ChangedRange, changedRanges, type TextChange } from './textChange.ts';

/**
 * Some outermost blocks one behind the other, and the lines up to the next stretch. The first begins with its line: what
 * the stretch is parsed to depends on nothing before it, as long as a block begins there.
 */
export interface Stretch {
  readonly start: number;
  /** The blocks from the stretch's start on, as long as it; the same object as long as edits leave the stretch alone. */
  readonly tree: Tree;
}

/** Units behind which a stretch ends, where the text has a place for that. Where one is left over, it may be shorter. */
const leastLength = 4096;

/**
 * All stretches of `text`; those of an earlier text, of length `before`, are taken over where the changes leave them
 * alone. Together they have the blocks of a parse of the whole. `frontMatter`: units at the start that are none of it,
 * as they were before.
 */
export function* parseStretches(
  text: DocumentText,
  parser: MarkdownParser,
  frontMatter: number,
  earlier: readonly Stretch[] = [],
  before = 0,
  changes: readonly TextChange[] = [],
): Steps<readonly Stretch[]> {
  // A unit more on both sides: the one before may be half of a line break, which the parser saw by what followed; and
  // Lezer takes a line for untouched that only lost its beginning. All changes at once: cutting a fragment a second
  // time would forget that its end was open.
  const ranges = withLinesAbove(changedRanges(changes, before, 1), text);
  const from = ranges[0]?.fromA ?? 0;
  const to = ranges.at(-1)?.toA ?? before;
  // Also the stretch before the one that changes first: where that began, something else may begin now.
  const first = Math.max(0, partitionPoint(earlier.length, (i) => startOf(earlier, i) <= from) - 2);
  const behind = partitionPoint(earlier.length, (i) => startOf(earlier, i) <= to);
  const shift = text.length - before;
  const start = startOf(earlier, first);
  const moved = ranges.map(({ fromA, toA, fromB, toB }) => ({
    fromA: fromA - start,
    toA: toA - start,
    fromB: fromB - start,
    toB: toB - start,
  }));
  for (let more = 1; ; more *= 2) {
    const end = Math.min(earlier.length, behind + more);
    const until = end < earlier.length ? startOf(earlier, end) + shift : text.length;
    const known = TreeFragment.addTree(joined(earlier.slice(first, end), start));
    const input = new MarkdownInput(text.slice(start, until), Math.max(0, frontMatter - start));
    const parse = parser.startParse(input, TreeFragment.applyChanges(known, moved));
    let tree: Tree | null = null;
    for (; !tree; yield) tree = parse.advance();
    const blocks = blocksIn(tree);
    const next = firstKept(earlier, behind, end, blocks, shift - start);
    if (next === undefined) continue;
    const length = (next < earlier.length ? startOf(earlier, next) + shift : text.length) - start;
    const fresh = cut(text, start, tree, blocks, length);
    const kept = earlier
      .slice(next)
      .map((stretch) => (shift === 0 ? stretch : { start: stretch.start + shift, tree: stretch.tree }));
    return [...earlier.slice(0, first), ...fresh, ...kept];
  }
}

/**
 * The ranges, each from before the line above its own on: whether a table's head ends the paragraph above it is told by the
 * line below the head.
 */
function withLinesAbove(ranges: readonly ChangedRange[], text: DocumentText): ChangedRange[] {
  let last = 0;
  return ranges.map(({ fromA, toA, fromB, toB }) => {
    const above = Math.max(last, text.lineStart(text.lineStart(fromB) - 1) - 1);
    last = toB;
    return { fromA: fromA - (fromB - above), toA, fromB: above, toB };
  });
}

interface Block {
  readonly tree: Tree;
  readonly from: number;
}

function startOf(stretches: readonly Stretch[], index: number): number {
  return stretches[index]?.start ?? 0;
}

/** The blocks of several stretches that follow each other, from `start` on. */
function joined(stretches: readonly Stretch[], start: number): Tree {
  const last = stretches.at(-1);
  if (!last) return Tree.empty;
  const children = stretches.flatMap(({ tree }) => tree.children);
  const positions = stretches.flatMap(({ start: at, tree }) => tree.positions.map((position) => at - start + position));
  return new Tree(last.tree.type, children, positions, last.start - start + last.tree.length);
}

/** The outermost blocks of a tree. They are trees; a node without a name holds some of many. */
function blocksIn(root: Tree): Block[] {
  const blocks: Block[] = [];
  const walk = (tree: Tree, from: number): void => {
    for (const [i, child] of tree.children.entries()) {
      const at = from + (tree.positions[i] as number);
      if (!(child instanceof Tree)) continue;
      if (child.type.isAnonymous) walk(child, at);
      else blocks.push({ tree: child, from: at });
    }
  };
  walk(root, 0);
  return blocks;
}

/**
 * The first stretch from number `behind` on, before `end`, where a block begins still: from there on all is as it was.
 * `earlier.length` where everything was parsed; undefined where that is yet to be.
 */
function firstKept(
  earlier: readonly Stretch[],
  behind: number,
  end: number,
  blocks: readonly Block[],
  shift: number,
): number | undefined {
  for (let i = behind; i < end; i++) {
    const at = startOf(earlier, i) + shift;
    const block = blocks[partitionPoint(blocks.length, (b) => (blocks[b] as Block).from < at)];
    if (block?.from === at) return i;
  }
  return end === earlier.length ? end : undefined;
}

/** The blocks before `length` as stretches; all places but those of the result count from `start`. */
function cut(text: DocumentText, start: number, { type }: Tree, blocks: readonly Block[], length: number): Stretch[] {
  const stretches: Stretch[] = [];
  let [children, positions, begun]: [Tree[], number[], number] = [[], [], 0];
  const close = (end: number): void => {
    stretches.push({ start: start + begun, tree: new Tree(type, children, positions, end - begun) });
    [children, positions, begun] = [[], [], end];
  };
  for (const { tree, from } of blocks) {
    if (from >= length) break;
    if (from - begun >= leastLength && isLineBreak(text.charAt(start + from - 1))) close(from);
    children.push(tree);
    positions.push(from - begun);
  }
  if (begun < length) close(length);
  return stretches;
}

function isLineBreak(unit: string): boolean {
  return unit === '\n' || unit === '\r';
}
