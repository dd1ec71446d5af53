/** Places in a text that lines can be put into, with the line breaks they need there. */
import type { Span } from '../text/snapshot.ts';

/** The lines take the place of `span`, with `before` and `after` around them; `\n` for every line break. */
export interface Slot {
  readonly span: Span;
  readonly before: string;
  readonly after: string;
}

/** In the place of what is there. */
export function replacing(span: Span): Slot {
  return { span, before: '', after: '' };
}

/** A line of its own at a line's start. */
export function lineAt(offset: number): Slot {
  return { span: { start: offset, end: offset }, before: '', after: '\n' };
}

/** A line of its own behind the line that ends here. */
export function lineBehind(offset: number): Slot {
  return { span: { start: offset, end: offset }, before: '\n', after: '' };
}

/** A paragraph of its own at a line's start or end. */
export function paragraphAt(text: string, offset: number): Slot {
  const above = /(?:[^\S\n]*\n)*[^\S\n]*$/u.exec(text.slice(0, offset))?.[0] ?? '';
  const below = /^(?:[^\S\n]*\n)*[^\S\n]*/u.exec(text.slice(offset))?.[0] ?? '';
  const isFirst = above.length === offset;
  const isLast = below.length === text.length - offset;
  return {
    span: { start: offset, end: offset },
    before: isFirst ? '' : '\n'.repeat(Math.max(0, 2 - breaksIn(above))),
    after: isLast ? '' : '\n'.repeat(Math.max(0, 2 - breaksIn(below))),
  };
}

/** The edit that writes these lines there, with the text's own line breaks. */
export function filled(
  text: string,
  { span, before, after }: Slot,
  lines: string,
): { readonly span: Span; readonly newText: string } {
  const newText = `${before}${lines}${after}`;
  const { start, end } = span;
  return { span: { start, end }, newText: text.includes('\r\n') ? newText.replaceAll('\n', '\r\n') : newText };
}

/** The start of the line that holds the offset. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** The end of the line of the last visible character before the offset, its line break excluded. */
export function lineEnd(text: string, offset: number): number {
  let at = offset;
  while (at > 0 && /\s/u.test(text.charAt(at - 1))) at--;
  const end = text.indexOf('\n', at);
  if (end < 0) return text.length;
  return text.charAt(end - 1) === '\r' ? end - 1 : end;
}

function breaksIn(space: string): number {
  return space.split('\n').length - 1;
}
