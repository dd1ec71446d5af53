/** AsciiDoc inside a paragraph: formatting, links and macros out, what they show in. */
import {
  characterReference,
  closing,
  closingPair,
  emphasis,
  type InlineSyntax,
  isSpaceAt,
  isWord,
  type Reading,
  urlEnd,
} from './inline.ts';
import { mathWords } from './mathWords.ts';

const macro = /([a-z0-9]+):([^\s:[\]][^\s[\]]{0,500})?\[/iy;
const comment = /\n\/\/(?!\/)[^\n]*/y;
const attribute = /\{[\w:-]+\}/y;
const entity = /&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,30});/iy;
const attributes: Readonly<Record<string, string>> = {
  nbsp: '\u00a0',
  amp: '&',
  lt: '<',
  gt: '>',
  apos: "'",
  quot: '"',
  plus: '+',
  asterisk: '*',
  backtick: '`',
  tilde: '~',
  caret: '^',
  startsb: '[',
  endsb: ']',
  vbar: '|',
  backslash: '\\',
};
/** Macros that show the words in their brackets. */
const shown = new Set(['link', 'xref', 'mailto', 'kbd', 'btn', 'menu', 'pass', 'http', 'https', 'ftp', 'irc']);
const formulas = new Set(['stem', 'latexmath', 'asciimath']);
const quotes: Readonly<Record<string, string>> = { '"`': '“', '`"': '”', "'`": '‘', "`'": '’' };

export const asciidocInline: InlineSyntax = {
  special:
    /[\\*_`+#^~<{([&"'\n]|\b(?:https?|ftp|irc|link|xref|image|icon|footnote|footnoteref|kbd|btn|menu|stem|latexmath|asciimath|pass|anchor|indexterm2?|mailto):/giu,

  read(text, at, to): Reading | undefined {
    const mark = text.charAt(at);
    if (mark === '\\') return /[*_`+#^~<{[&h]/u.test(text.charAt(at + 1)) ? escaped(text, at, to) : undefined;
    const curved = quotes[text.slice(at, at + 2)];
    if (curved !== undefined) return { as: 'text', text: curved, end: Math.min(to, at + 2) };
    if (mark === '\n') return found(comment, text, at, to, 'silent');
    if (mark === '`') return code(text, at, to);
    if (mark === '<') return crossReference(text, at, to);
    if (mark === '{') return reference(text, at, to);
    if (mark === '(') return indexTerm(text, at, to);
    if (mark === '[') return role(text, at, to);
    if (mark === '&') return characterReference(entity, text, at, to);
    if (mark === '+' && isSpaceAt(text, at - 1) && (at + 1 >= to || text[at + 1] === '\n')) {
      return { as: 'space', end: Math.min(to, at + 2) };
    }
    if (/[*_+#^~]/u.test(mark)) return formatted(text, at, to, mark);
    return /[a-z]/iu.test(mark) ? named(text, at, to) : undefined;
  },
};

function escaped(text: string, at: number, to: number): Reading {
  const end = Math.min(to, at + 2);
  return { as: 'text', text: text.slice(at + 1, end), end };
}

function found(pattern: RegExp, text: string, at: number, to: number, as: 'silent'): Reading | undefined {
  pattern.lastIndex = at;
  const end = at + (pattern.exec(text)?.[0].length ?? 0);
  return end > at && end <= to ? { as, end } : undefined;
}

/** Twice the mark works inside words, once only round them; sub- and superscripts always do. */
function formatted(text: string, at: number, to: number, mark: string): Reading | undefined {
  if (text[at + 1] === mark && /[*_+#]/u.test(mark)) {
    const close = closing(text, at + 2, to, mark.repeat(2));
    return close > at + 2 ? { as: 'inner', from: at + 2, to: close, end: close + 2 } : undefined;
  }
  if (mark !== '^' && mark !== '~') return emphasis(text, at, to, mark);
  const close = closing(text, at + 1, Math.min(to, at + 40), mark);
  const word = close > at + 1 && !/\s/u.test(text.slice(at + 1, close));
  return word ? { as: 'inner', from: at + 1, to: close, end: close + 1 } : undefined;
}

function code(text: string, at: number, to: number): Reading | undefined {
  const mark = text[at + 1] === '`' ? '``' : '`';
  const from = at + mark.length;
  const close = closing(text, from, to, mark);
  if (close <= from || (mark === '`' && isSpaceAt(text, from))) return undefined;
  const words = text
    .slice(from, close)
    .replace(/^\+|\+$/gu, '')
    .replace(/\s+/gu, ' ');
  return { as: 'word', text: words, mask: 'word', end: close + mark.length };
}

/** `<<target>>` shows a title that stands elsewhere, `<<target,words>>` the words. */
function crossReference(text: string, at: number, to: number): Reading | undefined {
  if (text[at + 1] !== '<') return undefined;
  const close = closing(text, at + 2, to, '>>');
  if (close < 0) return undefined;
  const comma = text.slice(at, close).indexOf(',');
  if (comma < 0) return { as: 'silent', end: close + 2 };
  return { as: 'link', from: at + comma + 1, to: close, end: close + 2 };
}

function reference(text: string, at: number, to: number): Reading | undefined {
  attribute.lastIndex = at;
  const name = attribute.exec(text)?.[0];
  if (name === undefined || at + name.length > to) return undefined;
  const end = at + name.length;
  const value = attributes[name.slice(1, -1)];
  return value === undefined ? { as: 'silent', end } : { as: 'text', text: value, end };
}

/** `((term))` shows its term, `(((hidden, term)))` nothing. */
function indexTerm(text: string, at: number, to: number): Reading | undefined {
  if (text[at + 1] !== '(') return undefined;
  const hidden = text[at + 2] === '(';
  const close = closing(text, at + 2, to, hidden ? ')))' : '))');
  if (close < 0) return undefined;
  return hidden ? { as: 'silent', end: close + 3 } : { as: 'link', from: at + 2, to: close, end: close + 2 };
}

/** `[[anchor]]`, and `[.role]` in front of formatted words. */
function role(text: string, at: number, to: number): Reading | undefined {
  const end = closingPair(text, at, Math.min(to, at + 200));
  if (end < 0) return undefined;
  if (text[at + 1] === '[') return { as: 'silent', end };
  return /[#*_`]/u.test(text.charAt(end)) ? { as: 'markup', end } : undefined;
}

/** `name:target[words]`, or a bare URL. */
function named(text: string, at: number, to: number): Reading | undefined {
  if (isWord(text, at - 1)) return undefined;
  macro.lastIndex = at;
  const [opening = '', name = ''] = macro.exec(text) ?? [];
  const bracket = at + opening.length - 1;
  const end = opening === '' ? -1 : closingPair(text, bracket, to);
  if (end < 0) {
    const behind = urlEnd(text, at, to);
    const address = text.slice(at, behind);
    return address.includes('://') ? { as: 'word', text: address, mask: 'ownCase', end: behind } : undefined;
  }
  const kind = name.toLowerCase();
  const words = text.slice(bracket + 1, end - 1);
  if (formulas.has(kind)) return { as: 'word', text: mathWords(words), mask: 'word', end };
  if (!shown.has(kind) || words === '') {
    const address = text.slice(at, bracket);
    return address.includes('://') ? { as: 'word', text: address, mask: 'ownCase', end } : { as: 'silent', end };
  }
  // Attributes of a link stand behind its words.
  const comma = words.search(/,\s*\w+=|\^$/u);
  return { as: 'link', from: bracket + 1, to: comma < 0 ? end - 1 : bracket + 1 + comma, end };
}
