/** One field of a document's YAML front matter: what it says, and where it is written without touching the rest. */
import { isMap, isScalar, parseDocument, stringify } from 'yaml';
import type { Span } from '../text/snapshot.ts';
import { lineAt, replacing, type Slot } from './slots.ts';

interface FrontMatter {
  /** Where the closing fence starts. */
  readonly end: number;
  /** The spans of the fields, their values included. */
  readonly fields: ReadonlyMap<string, Span>;
}

const fenced = /^(---[^\S\n]*\r?\n)((?:.*\n)*?)(?:---|\.\.\.)[^\S\n]*\r?(?:\n|$)/u;

/** The field on a line of its own. */
export function frontMatterField(key: string, value: string): string {
  return stringify({ [key]: value }, { lineWidth: 0 }).trimEnd();
}

/**
 * The first of these fields that is there, or a new one of the first name. `undefined` where there is front matter that
 * no field can be written into.
 */
export function frontMatterSlot(
  text: string,
  names: readonly [string, ...string[]],
): { readonly name: string; readonly slot: Slot } | undefined {
  const [usual] = names;
  if (!fenced.test(text)) {
    return { name: usual, slot: { span: { start: 0, end: 0 }, before: '---\n', after: '\n---\n\n' } };
  }
  const found = read(text);
  if (!found) return undefined;
  for (const name of names) {
    const span = found.fields.get(name);
    if (span) return { name, slot: replacing(span) };
  }
  return { name: usual, slot: lineAt(found.end) };
}

/** What a field says; `undefined` where it is not there, or is no text. */
export function frontMatterValue(text: string, name: string): string | undefined {
  const [, , yaml = ''] = fenced.exec(text) ?? [];
  const { contents } = parseDocument(yaml);
  const value = isMap(contents) ? contents.get(name) : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** `undefined` where it is not a list of fields, one below the other. */
function read(text: string): FrontMatter | undefined {
  const [, fence = '', yaml = ''] = fenced.exec(text) ?? [];
  const { contents, errors } = parseDocument(yaml);
  if (errors.length > 0 || (contents && !(isMap(contents) && contents.flow !== true))) return undefined;
  const fields = new Map<string, Span>();
  for (const { key, value } of contents?.items ?? []) {
    if (!isScalar(key) || !key.range) continue;
    const range = (value as { readonly range?: readonly number[] } | null)?.range;
    const source = yaml.slice(key.range[0], range?.[1] ?? key.range[1]).trimEnd();
    const start = fence.length + key.range[0];
    fields.set(String(key.value), { start, end: start + source.length });
  }
  return { end: fence.length + yaml.length, fields };
}
