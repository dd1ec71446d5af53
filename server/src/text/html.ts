/**
 * HTML: text between the tags that part paragraphs. No parser from npm: parse5 and htmlparser2 read a document from its
 * beginning at every edit, while prose only needs to know which tags are which.
 */
import { decodeHTML } from 'entities';
import type { ScannedBlock } from './blockScanner.ts';
import { characterReference, type InlineSyntax, inlineText, type Reading, readInline } from './inline.ts';
import { type PlacedPiece, prosePieces } from './pieces.ts';
import { ProseBuilder } from './prose.ts';

const names = (list: string): ReadonlySet<string> => new Set(list.split(' '));
/** Elements inside a paragraph; every other tag ends one. */
const inline = names(
  'a abbr acronym b bdi bdo big br cite code data del dfn em font i img ins kbd label mark math output q rp rt ruby s samp small span strike strong sub sup svg time tt u var wbr',
);
/** Elements that hold no prose, whatever stands in them. */
const opaque = names(
  'script style pre textarea table svg math head template noscript iframe object video audio canvas select button nav figure code kbd samp var tt',
);
/** Elements of code inside a paragraph, which read as their text. */
const code = names('code kbd samp var tt');
const tag = /<(\/?)([a-zA-Z][^\s/>"'<]*)(?:[^>"'<]|"[^"]*"|'[^']*')*>/y;
const entity = /&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,30});?/iy;
/** What is not a tag though it looks like one, and what ends it. */
const declarations: readonly (readonly [string, string])[] = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<!', '>'],
  ['<?', '>'],
];
/** Longest tag, and longest heading or code inside a paragraph: one that goes on beyond is not closed. */
const longestTag = 5000;
/** Units after which a text without tags is cut at a blank line. */
const longestPart = 2000;
const mark = /[<]|\n[^\S\n]*\n/g;

interface Tag {
  readonly name: string;
  readonly closing: boolean;
  readonly end: number;
}

/** A tag that parts paragraphs with the element it opens, if that is not prose, or the text up to the next one. */
export function scanHtmlBlock(text: string, start: number): ScannedBlock {
  const first = text[start] === '<' ? elementAt(text, start) : undefined;
  if (first && !first.inline) return element(text, start, first);
  let end = start;
  let read = 0;
  while (end < text.length) {
    mark.lastIndex = end;
    const found = mark.exec(text);
    end = found?.index ?? text.length;
    if (!found) break;
    if (found[0] !== '<') {
      end = mark.lastIndex;
      if (end > start + longestPart) break;
      continue;
    }
    const next = elementAt(text, end);
    read = Math.max(read, next?.read ?? end + longestTag);
    if (next && !next.inline) break;
    end = next?.end ?? end + 1;
  }
  const source = text.slice(start, end);
  const builder = new ProseBuilder(source);
  readInline(builder, source, 0, source.length, htmlInline);
  return { length: end - start, reach: reachOf(text, Math.max(read, end)) - start, pieces: prosePieces(builder) };
}

function reachOf(text: string, read: number): number {
  return read >= text.length ? text.length + 1 : read;
}

interface Element {
  readonly inline: boolean;
  readonly end: number;
  /** Level, or 0. */
  readonly heading: number;
  /** End of the opening tag. */
  readonly body: number;
  /** How far the text was read to know it. */
  readonly read: number;
}

/** The tag, or the whole element where it is not prose or a heading; `undefined` where `<` is only a mark. */
function elementAt(text: string, at: number): Element | undefined {
  const declaration = declarations.find(([open]) => text.startsWith(open, at));
  if (declaration) {
    const [open, close] = declaration;
    const found = text.indexOf(close, at + open.length);
    const end = found < 0 ? text.length : found + close.length;
    return { inline: open === '<!--', end, heading: 0, body: at, read: found < 0 ? text.length : end };
  }
  const found = tagAt(text, at);
  if (!found) return undefined;
  const { name, closing, end } = found;
  const isInline = inline.has(name);
  const heading = /^h[1-6]$/u.test(name) ? Number(name[1]) : 0;
  const bare: Element = { inline: isInline, end, heading: 0, body: end, read: end };
  if (closing || text[end - 2] === '/' || !(opaque.has(name) || heading > 0)) return bare;
  const bounded = isInline || heading > 0;
  const close = bounded ? nextClose(text, end, name) : closeOf(text, end, name);
  if (close >= 0) return { ...bare, end: close, heading, read: close };
  return bounded ? { ...bare, read: end + longestTag } : { ...bare, end: text.length, read: text.length };
}

function tagAt(text: string, at: number): Tag | undefined {
  tag.lastIndex = 0;
  const [source = '', slash = '', name = ''] = tag.exec(text.slice(at, at + longestTag)) ?? [];
  return source === '' ? undefined : { name: name.toLowerCase(), closing: slash !== '', end: at + source.length };
}

/** Behind the tag that closes the heading or code whose body begins at `at`: another one in it would not be closed. */
function nextClose(text: string, at: number, name: string): number {
  const tags = /^h\d$/u.test(name)
    ? /<(\/?)h[1-6](?=[\s/>])[^>]*>/iu
    : new RegExp(`<(/?)${name}(?=[\\s/>])[^>]*>`, 'iu');
  const found = tags.exec(text.slice(at, at + longestTag));
  return found?.[1] === '/' ? at + found.index + found[0].length : -1;
}

/** Behind the tag that closes the element whose body begins at `at`, elements of its name inside minded; -1 without one. */
function closeOf(text: string, at: number, name: string): number {
  const tags = new RegExp(`<(/?)${name}(?=[\\s/>])[^>]*>`, 'giu');
  tags.lastIndex = at;
  let depth = 1;
  for (let found = tags.exec(text); found; found = tags.exec(text)) {
    depth += found[1] === '/' ? -1 : 1;
    if (depth === 0) return tags.lastIndex;
  }
  return -1;
}

function element(text: string, start: number, { end, heading, body, read }: Element): ScannedBlock {
  const reach = reachOf(text, Math.max(end, read)) - start;
  const length = end - start;
  if (heading === 0) return { length, reach, pieces: [tagPiece(length)] };
  const words = inlineText(text.slice(start, end), body - start, length, htmlInline);
  return { length, reach, pieces: [{ at: 0, piece: { kind: 'heading', length, level: heading, text: words } }] };
}

/** What is typed right behind a tag is not part of it. */
function tagPiece(length: number): PlacedPiece {
  return { at: 0, piece: { kind: 'opaque', length, open: false } };
}

const htmlInline: InlineSyntax = {
  special: /[<&]/g,

  read(text, at, to): Reading | undefined {
    if (text[at] === '&') return characterReference(entity, text, at, to);
    const found = elementAt(text, at);
    if (!found || found.end > to) return undefined;
    const name = tagAt(text, at)?.name ?? '';
    const { end } = found;
    if (name === 'br' || name === 'wbr') return { as: 'space', end };
    if (code.has(name) && found.body < end) {
      const words = text.slice(found.body, end).replace(/<[^>]*>/gu, '');
      return { as: 'word', text: decodeHTML(words).replace(/\s+/gu, ' ').trim(), mask: 'word', end };
    }
    if (name === 'img' || name === '' || found.body < end) return { as: 'silent', end };
    return { as: 'link', from: end, to: end, end };
  },
};
