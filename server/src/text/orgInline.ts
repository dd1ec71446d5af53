/** Org inside a paragraph: emphasis, links, formulas and notes out, what they show in. */
import {
  closing,
  closingPair,
  emphasis,
  type InlineSyntax,
  isSpaceAt,
  isWord,
  type Reading,
  urlEnd,
} from './inline.ts';
import { symbols } from './latexNames.ts';
import { closingStop, mathWords } from './mathWords.ts';

const timestamp = /[<[]\d{4}-\d\d-\d\d[^\]>\n]{0,60}[>\]](?:--[<[]\d{4}-\d\d-\d\d[^\]>\n]{0,60}[>\]])?/y;
const entity = /\\([A-Za-z]{1,30})(?:\{\})?/y;
const names: ReadonlyMap<string, string> = new Map([
  ...symbols,
  ['under', '_'],
  ['ast', '*'],
  ['slash', '/'],
  ['plus', '+'],
  ['equal', '='],
  ['tilde', '~'],
  ['asciicirc', '^'],
  ['backslash', '\\'],
  ['dollar', '$'],
  ['ndash', '–'],
  ['mdash', '—'],
  ['hellip', '…'],
  ['nbsp', '\u00a0'],
]);

export const orgInline: InlineSyntax = {
  special: /[*/_+=~[<\\$\u200b]|\{\{\{|-{2,3}|\bhttps?:/giu,

  read(text, at, to): Reading | undefined {
    const mark = text.charAt(at);
    if (mark === '=' || mark === '~') return code(text, at, to, mark);
    if (mark === '*' || mark === '/' || mark === '_' || mark === '+') return emphasis(text, at, to, mark);
    if (mark === '[') return bracket(text, at, to);
    if (mark === '<') return time(text, at, to) ?? angle(text, at, to);
    if (mark === '\\') return command(text, at, to);
    if (mark === '$') return dollar(text, at, to);
    if (mark === '{') return closed(text, at, to, '}}}');
    if (mark === '-') return dash(text, at, to);
    if (mark === '\u200b') return { as: 'markup', end: at + 1 };
    if (isWord(text, at - 1)) return undefined;
    const end = urlEnd(text, at, to);
    return { as: 'word', text: text.slice(at, end), mask: 'ownCase', end };
  },
};

function code(text: string, at: number, to: number, mark: string): Reading | undefined {
  const found = emphasis(text, at, to, mark);
  if (found?.as !== 'inner') return undefined;
  const words = text.slice(found.from, found.to).replace(/\s+/gu, ' ');
  return { as: 'word', text: words, mask: 'word', end: found.end };
}

/** `[[target][words]]`, `[[target]]`, `[fn:1]`, `[cite:@key]`, a time. */
function bracket(text: string, at: number, to: number): Reading | undefined {
  if (text.startsWith('[fn:', at) || text.startsWith('[cite', at)) {
    const end = closingPair(text, at, to);
    return end < 0 ? undefined : { as: 'silent', end };
  }
  if (text[at + 1] !== '[') return time(text, at, to);
  const close = closing(text, at + 2, to, ']]');
  if (close < 0) return undefined;
  const end = close + 2;
  const words = text.slice(at + 2, close).indexOf('][');
  if (words >= 0) return { as: 'link', from: at + 2 + words + 2, to: close, end };
  const target = text.slice(at + 2, close);
  return /\.(?:png|jpe?g|svg|gif|pdf)$/iu.test(target)
    ? { as: 'silent', end }
    : { as: 'word', text: target, mask: 'ownCase', end };
}

function time(text: string, at: number, to: number): Reading | undefined {
  timestamp.lastIndex = at;
  const found = timestamp.exec(text)?.[0];
  if (found === undefined || at + found.length > to) return undefined;
  return { as: 'word', text: found.slice(1, 11), mask: 'word', end: at + found.length };
}

/** `<https://…>` and the target of a link, `<<target>>`. */
function angle(text: string, at: number, to: number): Reading | undefined {
  if (text[at + 1] === '<') return closed(text, at, to, '>>');
  if (!/^<\w{2,10}:/u.test(text.slice(at, at + 12))) return undefined;
  const close = closing(text, at, to, '>');
  if (close < 0) return undefined;
  return { as: 'word', text: text.slice(at + 1, close), mask: 'ownCase', end: close + 1 };
}

function command(text: string, at: number, to: number): Reading | undefined {
  const next = text.charAt(at + 1);
  if (next === '\\' && /^\\\\[^\S\n]*(?:\n|$)/u.test(text.slice(at, at + 20))) return { as: 'space', end: at + 2 };
  if (next === '(' || next === '[') {
    const close = closing(text, at + 2, to, next === '(' ? '\\)' : '\\]');
    if (close < 0) return undefined;
    const tex = text.slice(at + 2, close);
    if (next === '[') return { as: 'display', stop: closingStop(tex), end: close + 2 };
    return { as: 'word', text: mathWords(tex), mask: 'word', end: close + 2 };
  }
  entity.lastIndex = at;
  const [source = '', name = ''] = entity.exec(text) ?? [];
  const character = names.get(name);
  if (character === undefined || at + source.length > to) return undefined;
  return { as: 'text', text: character, end: at + source.length };
}

/** `$x$` by Org's rule, so that prices stay prose; `$$x$$`. */
function dollar(text: string, at: number, to: number): Reading | undefined {
  if (text[at + 1] === '$') {
    const close = closing(text, at + 2, to, '$$');
    if (close < 0) return undefined;
    return { as: 'display', stop: closingStop(text.slice(at + 2, close)), end: close + 2 };
  }
  const close = closing(text, at + 1, to, '$');
  if (close <= at + 1 || isSpaceAt(text, at + 1) || isSpaceAt(text, close - 1) || isWord(text, close + 1)) {
    return undefined;
  }
  return { as: 'word', text: mathWords(text.slice(at + 1, close)), mask: 'word', end: close + 1 };
}

function closed(text: string, at: number, to: number, mark: string): Reading | undefined {
  const close = closing(text, at, to, mark);
  return close < 0 ? undefined : { as: 'silent', end: close + mark.length };
}

function dash(text: string, at: number, to: number): Reading {
  const length = text[at + 2] === '-' ? 3 : 2;
  return { as: 'text', text: length === 3 ? '—' : '–', end: Math.min(to, at + length) };
}
