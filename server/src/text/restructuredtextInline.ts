/** reStructuredText inside a paragraph: roles, references and emphasis out, what they show in. */
import { closing, emphasis, type InlineSyntax, isWord, type Reading, urlEnd } from './inline.ts';
import { mathWords } from './mathWords.ts';

const role = /:([\w:+.-]{1,60}):`/y;
const note = /\[(?:\d{1,9}|#[\w-]{0,60}|\*|[A-Za-z][\w.-]{0,60})\]_(?![\p{L}\p{N}])/uy;
const substitution = /\|[^\s|][^|\n]{0,80}\|(?:__?)?/y;
/** Roles that leave nothing to read, and those that are code. */
const silent = new Set('cite cite:p cite:t footcite footcite:p footcite:t eq numref raw fn footnote index'.split(' '));
const words = new Set(
  'emphasis strong title-reference title sub sup subscript superscript term dfn abbr ref doc any'.split(' '),
);

export const restructuredtextInline: InlineSyntax = {
  special: /[\\*`_|:[]|\bhttps?:/giu,

  read(text, at, to): Reading | undefined {
    const mark = text.charAt(at);
    if (mark === '\\') return escaped(text, at, to);
    if (mark === '*') return emphasis(text, at, to, text[at + 1] === '*' ? '**' : '*');
    if (mark === '`') return text[at + 1] === '`' ? literal(text, at, to) : interpreted(text, at, to, '');
    if (mark === ':') return withRole(text, at, to);
    if (mark === '_') return underscore(text, at, to);
    if (mark === '[') return whole(note, text, at, to);
    if (mark === '|') return whole(substitution, text, at, to);
    if (isWord(text, at - 1)) return undefined;
    const end = urlEnd(text, at, to);
    return { as: 'word', text: text.slice(at, end), mask: 'ownCase', end };
  },
};

/** An escaped white space joins what it stands between. */
function escaped(text: string, at: number, to: number): Reading {
  const end = Math.min(to, at + 2);
  const mark = text.slice(at + 1, end);
  return /^\s?$/u.test(mark) ? { as: 'markup', end } : { as: 'text', text: mark, end };
}

function whole(pattern: RegExp, text: string, at: number, to: number): Reading | undefined {
  pattern.lastIndex = at;
  const end = at + (pattern.exec(text)?.[0].length ?? 0);
  return end > at && end <= to ? { as: 'silent', end } : undefined;
}

function literal(text: string, at: number, to: number): Reading | undefined {
  const close = closing(text, at + 2, to, '``');
  if (close <= at + 2) return undefined;
  return { as: 'word', text: text.slice(at + 2, close).replace(/\s+/gu, ' '), mask: 'word', end: close + 2 };
}

function withRole(text: string, at: number, to: number): Reading | undefined {
  if (isWord(text, at - 1)) return undefined;
  role.lastIndex = at;
  const [opening = '', name = ''] = role.exec(text) ?? [];
  return opening === '' ? undefined : interpreted(text, at + opening.length - 1, to, name);
}

/** `` `words <target>`_ ``, `` `words` ``, `` :role:`words` ``; the backquote stands at `quote`. */
function interpreted(text: string, quote: number, to: number, name: string): Reading | undefined {
  const close = closing(text, quote + 1, to, '`');
  if (close <= quote + 1 || /\s/u.test(text.charAt(quote + 1))) return undefined;
  let end = close + 1;
  while (end < to && end < close + 3 && text[end] === '_') end++;
  if (silent.has(name)) return { as: 'silent', end };
  const content = text.slice(quote + 1, close);
  if (name === 'math') return { as: 'word', text: mathWords(content), mask: 'word', end };
  const target = content.endsWith('>') ? content.lastIndexOf('<') : -1;
  const shown = target > 0 ? content.slice(0, target).trimEnd().length : content.length;
  if (name !== '' && target <= 0 && !words.has(name)) {
    return { as: 'word', text: content.replace(/^[~!]/u, '').replace(/\s+/gu, ' '), mask: 'word', end };
  }
  return { as: 'link', from: quote + 1, to: quote + 1 + shown, end };
}

/** The mark behind a reference, `word_`, and in front of a target, `` _`words` ``. */
function underscore(text: string, at: number, to: number): Reading | undefined {
  if (text[at + 1] === '`' && !isWord(text, at - 1)) return { as: 'markup', end: at + 1 };
  const end = text[at + 1] === '_' ? at + 2 : at + 1;
  if (end > to || !isWord(text, at - 1) || isWord(text, end)) return undefined;
  return { as: 'markup', end };
}
