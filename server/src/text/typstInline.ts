/** Typst inside a paragraph: emphasis, code, formulas and references out, what they show in. */
import { closing, emphasis, type InlineSyntax, isSpaceAt, isWord, type Reading, urlEnd } from './inline.ts';
import { lineEnd } from './lines.ts';
import { closingStop, mathWords } from './mathWords.ts';
import { bracketEnd, commentEnd, rawEnd, typstCode } from './typstCode.ts';

const unicode = /\\u\{([\da-f]{1,6})\}/iy;
const label = /<[\p{L}_][\p{L}\p{N}_.:-]*>/uy;
const reference = /@[\p{L}_][\p{L}\p{N}_:-]*(?:\.[\p{L}\p{N}_-]+)*(?:\[[^\]\n]{0,200}\])?/uy;
/** Calls whose content is not read where they stand. */
const silent = new Set('footnote figure table cite bibliography raw hide metadata place image grid'.split(' '));

export const typstInline: InlineSyntax = {
  special: /[\\*_`$#@<~\]]|\/[/*]|-{2,3}|\.{3}|\bhttps?:/giu,

  read(text, at, to): Reading | undefined {
    const mark = text.charAt(at);
    switch (mark) {
      case '\\':
        return escaped(text, at, to);
      case '*':
      case '_':
        return emphasis(text, at, to, mark);
      case '`':
        return raw(text, at, to);
      case '$':
        return formula(text, at, to);
      case '#':
        return code(text, at, to);
      case '@':
        return isWord(text, at - 1) ? undefined : whole(reference, text, at, to);
      case '<':
        return whole(label, text, at, to);
      case '~':
        return { as: 'text', text: '\u00a0', end: at + 1 };
      case ']':
        return { as: 'markup', end: at + 1 };
      case '.':
        return { as: 'text', text: '…', end: Math.min(to, at + 3) };
      case '-':
        return dash(text, at, to);
      case '/':
        return comment(text, at, to);
      default:
        return address(text, at, to);
    }
  },
};

/** A backslash before white space breaks the line. */
function escaped(text: string, at: number, to: number): Reading {
  unicode.lastIndex = at;
  const [source = '', digits = ''] = unicode.exec(text) ?? [];
  const value = Number.parseInt(digits, 16);
  if (source !== '' && at + source.length <= to && value <= 0x10ffff)
    return { as: 'text', text: String.fromCodePoint(value), end: at + source.length };
  if (at + 1 >= to || isSpaceAt(text, at + 1)) return { as: 'space', end: at + 1 };
  return { as: 'text', text: text.charAt(at + 1), end: at + 2 };
}

function raw(text: string, at: number, to: number): Reading {
  const end = Math.min(to, rawEnd(text, at));
  const words = text
    .slice(at, end)
    .replace(/^`+|`+$/gu, '')
    .replace(/\s+/gu, ' ')
    .trim();
  return words === '' ? { as: 'silent', end } : { as: 'word', text: words, mask: 'word', end };
}

/** White space inside both dollars displays the formula. */
function formula(text: string, at: number, to: number): Reading {
  const close = closing(text, at + 1, to, '$');
  if (close < 0) return { as: 'silent', end: Math.min(to, lineEnd(text, at)) };
  const source = text.slice(at + 1, close);
  const end = close + 1;
  if (/^\s[\s\S]*\s$/u.test(source)) return { as: 'display', stop: closingStop(source.trim()), end };
  return { as: 'word', text: mathWords(source), mask: 'word', end };
}

/** Code leaves nothing; the content that a call is given is read, the bracket behind it being markup. */
function code(text: string, at: number, to: number): Reading | undefined {
  const found = typstCode(text, at);
  if (!found) return undefined;
  if (found.content < 0) return { as: 'silent', end: Math.min(to, found.end) };
  if (silent.has(found.name)) return { as: 'silent', end: Math.min(to, bracketEnd(text, found.content - 1)) };
  const from = Math.min(to, found.content);
  return { as: 'link', from, to: from, end: from };
}

function whole(pattern: RegExp, text: string, at: number, to: number): Reading | undefined {
  pattern.lastIndex = at;
  const found = pattern.exec(text)?.[0];
  if (found === undefined || at + found.length > to) return undefined;
  // A stop behind a reference ends the sentence.
  return { as: 'silent', end: at + found.replace(/[.:]$/u, '').length };
}

function dash(text: string, at: number, to: number): Reading {
  const length = text[at + 2] === '-' ? 3 : 2;
  return { as: 'text', text: length === 3 ? '—' : '–', end: Math.min(to, at + length) };
}

function comment(text: string, at: number, to: number): Reading {
  const end = text[at + 1] === '*' ? commentEnd(text, at) : lineEnd(text, at) - (text.includes('\n', at) ? 1 : 0);
  return { as: 'silent', end: Math.max(at + 2, Math.min(to, end)) };
}

function address(text: string, at: number, to: number): Reading | undefined {
  if (isWord(text, at - 1)) return undefined;
  const end = urlEnd(text, at, to);
  return { as: 'word', text: text.slice(at, end), mask: 'ownCase', end };
}
