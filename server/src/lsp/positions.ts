/** Between the editor's positions and the service's offsets; what a client gets wrong is clamped. */
import type { Position, Range } from 'vscode-languageserver';
import type { DocumentText, Span } from '../service/index.ts';

/** Offset of a position; whatever is missing or out of bounds is moved to the nearest place that exists. */
export function offsetOf(text: DocumentText, position: unknown): number {
  const { line, character } = asRecord(position);
  return text.offsetAt({ line: wholeNumber(line), character: wholeNumber(character) });
}

/** Span of a range; a reversed one is turned round. */
export function spanOf(text: DocumentText, range: unknown): Span {
  const { start, end } = asRecord(range);
  const a = offsetOf(text, start);
  const b = end === undefined ? a : offsetOf(text, end);
  return { start: Math.min(a, b), end: Math.max(a, b) };
}

export function rangeOf(text: DocumentText, span: Span): Range {
  return { start: text.positionAt(span.start), end: text.positionAt(span.end) };
}

export function positionOf(text: DocumentText, offset: number): Position {
  return text.positionAt(offset);
}

/** The uri that a request names; `undefined` where it names none. */
export function uriOf(params: unknown): string | undefined {
  const { uri } = asRecord(asRecord(params).textDocument);
  return typeof uri === 'string' ? uri : undefined;
}

/** The value's fields if it is an object; none otherwise. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function wholeNumber(value: unknown): number {
  if (typeof value !== 'number' || Number.isNaN(value)) return 0;
  // The largest value that LSP's uinteger can carry.
  return Math.max(0, Math.min(2_147_483_647, Math.trunc(value)));
}
