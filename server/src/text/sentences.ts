/**
 * Plain prose to sentences. ICU's rules (Intl.Segmenter, UAX #29, in every Node and browser) propose the boundaries;
 * the English rules here take back those at abbreviations, initials, list numbers and quotations, and add the ones
 * behind citation marks. The training corpus is cut by this same file.
 */
import { alwaysContinues, continuesBeforeNumber, mayEnd, sentenceOpeners, speechVerbs } from './abbreviations.ts';
import type { Span } from './snapshot.ts';

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

/** UTF-16 units segmented at once, and how far behind a boundary its rules may have looked. */
const windowSize = 8192;
const lookahead = 1024;

/** Inside one paragraph a line end is a space to a reader, but a boundary to UAX #29. */
const lineBreaks = /[\n\r\t\v\f\u0085\u2028\u2029]/g;
const emoji = /(?:\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\ufe0f|\u200d)*|\p{RI}\p{RI})+/u;
/** Where a sentence may start that UAX #29 does not see. Each still has to pass the rules for what goes on. */
const unseenStarts: readonly RegExp[] = [
  // Behind a citation mark, which UAX #29 takes for the start.
  /[.!?]["'”’)]*(?:\s?\[(?:[\d,;\s–-]+|[a-z])\])+\s+(?=["'“‘(]?\p{Lu})/gu,
  // At a number, a price, a handle, a label or a name like iPhone: UAX #29 goes on where the next letter is a small one.
  /\.["'”’)]*\s+(?=["'“‘(]?(?:[\p{Sc}#@]?\p{Nd}|@\p{L}|\p{Ll}{1,3}\p{Lu}|[a-z]\)\s))/gu,
  // Behind the one-character ellipsis.
  /…["'”’)]*\s+(?=["'“‘(]?\p{Lu})/gu,
  // Behind a smiley that follows the end.
  new RegExp(`[.!?…]["'”’)]*\\s*${emoji.source}\\s+(?=\\S)`, 'gu'),
];
const startsWithEmoji = new RegExp(`^${emoji.source}`, 'u');
/** Small letters that start a sentence all the same: iPhone, mRNA, `b) next`. */
const smallStart = /^(?:\p{Ll}{1,3}\p{Lu}|[a-z]\)\s)/u;
const citationMark = /^\[(?:[\d,;\s–-]*|[a-z])\]/u;
const dayOrZone =
  /^(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Eastern|Central|Mountain|Pacific|Greenwich|[A-Z]{2,4}T|UTC)$/u;
const closers = /["'”’»)\]*_]+$/u;
const listNumber = /^[("[]?(?:\d{1,3}(?:\.\d{1,3})*|[a-zA-Z]|[ivxIVX]{1,5})[.)]+\]?$/u;
const complete = /(?:[.!?…:。！？؟۔।]|\.\.\.)["'”’»)\]*_`]*(?:\[[\d,;\s–-]+\])*$/u;

/** True where a closing mark ends the sentence, so that nothing of it is still to be typed: not behind `Dr.` or `e.g.` */
export function isComplete(sentence: string): boolean {
  const text = sentence.trimEnd();
  const lastWord = /(?<![\p{L}\p{N}.])[\p{L}.]+(?=\.$)/u.exec(text.slice(-12))?.[0];
  return complete.test(text) && !(lastWord !== undefined && alwaysContinues.has(lastWord.toLowerCase()));
}

/**
 * Cuts one paragraph of plain text into sentences: half-open spans in UTF-16 units of `text`, in order, without the
 * white space around them. Line ends count as spaces; an empty text has no sentences.
 */
export function segmentSentences(text: string): Span[] {
  const flat = text.replace(lineBreaks, ' ');
  const spans: Span[] = [];
  let start = 0;
  for (const boundary of boundaries(flat)) {
    if (boundary < flat.length && continues(flat, start, boundary)) continue;
    const span = trimmed(flat, start, boundary);
    if (span) spans.push(span);
    start = boundary;
  }
  return spans;
}

function* boundaries(flat: string): Iterable<number> {
  const added = unseenStarts
    .flatMap((pattern) => [...flat.matchAll(pattern)].map((match) => match.index + match[0].length))
    .sort((a, b) => a - b);
  let next = 0;
  let last = 0;
  for (const end of segmentEnds(flat)) {
    for (; next < added.length && (added[next] as number) <= end; next++) {
      const start = added[next] as number;
      if (start > last && start < end) yield start;
      last = start;
    }
    yield end;
  }
}

/**
 * Intl.Segmenter's boundaries. It takes the square of a text's length, so a long one is read through a window that
 * moves on to the last boundary sure of its surroundings.
 */
function* segmentEnds(flat: string): Iterable<number> {
  let size = windowSize;
  for (let from = 0; from < flat.length; ) {
    const to = Math.min(flat.length, from + size);
    let next = from;
    for (const { index, segment } of segmenter.segment(flat.slice(from, to))) {
      const end = from + index + segment.length;
      if (to < flat.length && end > to - lookahead) break;
      yield end;
      next = end;
    }
    size = next > from ? windowSize : size * 2;
    from = next;
  }
}

function trimmed(text: string, from: number, to: number): Span | undefined {
  let start = from;
  let end = to;
  while (start < end && isSpace(text, start)) start++;
  while (end > start && isSpace(text, end - 1)) end--;
  return end > start ? { start, end } : undefined;
}

const isSpace = (text: string, at: number): boolean => /\s/u.test(text.charAt(at));

/** True where the proposed boundary is inside a sentence: `text[start, boundary)` and what follows belong together. */
function continues(text: string, start: number, boundary: number): boolean {
  // A window is enough for every rule, and keeps a paragraph of one million characters linear.
  const before = text.slice(Math.max(start, boundary - 120), boundary).trimEnd();
  const after = text.slice(boundary, boundary + 80).trimStart();
  if (after === '' || before === '') return false;
  const opening = /^["'“‘«([]*/u.exec(after)?.[0].length ?? 0;
  const nextWord = /^[\p{L}\p{N}'’]+/u.exec(after.slice(opening))?.[0] ?? '';
  const bare = before.replace(closers, '');

  if (/^\p{Ll}/u.test(after) && !smallStart.test(after)) return /[.?!…]$/u.test(bare);
  // ICU breaks in front of the bracket and inside it: a citation mark stays with its sentence.
  if (citationMark.test(after) || /^(?:[\d,;\s–-]+|[a-z])\]/u.test(after)) return true;
  if (startsWithEmoji.test(after)) return true;
  // A comma or a dash goes on with the sentence, unless the dash opens somebody's words.
  if (/^(?:[,;:]|[–—-](?!\s\p{Lu}))/u.test(after)) return true;
  if (before !== bare && /^[–—-]/u.test(after)) return true;
  // `.NET`, `.org`: a full stop that opens a word.
  if (/(?:^|[\s("'“‘[])\.$/u.test(text.slice(Math.max(start, boundary - 2), boundary)) && /^\p{L}/u.test(after))
    return true;
  if (before !== bare && /[?!,]$/u.test(bare) && startsWithSpeaker(after)) return true;
  if (!bare.endsWith('.') || bare.endsWith('..')) return false;

  const whole = text.slice(start, boundary).trim();
  if (whole.length <= 12 && listNumber.test(whole)) return true;
  const word = /[\p{L}\p{N}.]*$/u.exec(bare.slice(0, -1))?.[0] ?? '';
  const key = word.toLowerCase();
  const isInitial = /^\p{Lu}\./u.test(after.slice(opening));
  const opensSentence = !isInitial && sentenceOpeners.has(nextWord.toLowerCase());
  if (alwaysContinues.has(key)) return true;
  if (continuesBeforeNumber.has(key) && /^[("[]?(?:\d|[IVXLC]+\b|[A-Z]\d|[B-HJ-Z]\b)/u.test(after)) return true;
  if (mayEnd.has(key)) return !opensSentence && (/^[("[]/u.test(after) || joinsName(key, nextWord));
  // An initial: one capital letter. "Plan B. The next …" ends; "J. R. R. Tolkien" and "John F. Kennedy" do not.
  const isUnit = bare.endsWith(`°${word}.`);
  if (/^(?:\p{Lu}\.)*\p{Lu}$/u.test(word) && !isUnit)
    return !opensSentence && /^\p{Lu}/u.test(nextWord) && word !== 'I';
  return false;
}

/** `U.S. Senate`, `St. James` against `p.m. Trains left`: names go on behind countries and saints, days behind times. */
function joinsName(abbreviation: string, nextWord: string): boolean {
  if (/^\d/u.test(nextWord)) return abbreviation !== 'etc';
  if (/^[ap]\.?m$/u.test(abbreviation)) return dayOrZone.test(nextWord);
  return /^(?:u\.s|u\.s\.a|u\.k|u\.n|e\.u|jr|sr|ph\.d|al|st|mt|ft)$/u.test(abbreviation) && /^\p{Lu}/u.test(nextWord);
}

/** `Tom asked`, `Old Tom asked`, `I asked`; but not `No one answered`, a sentence of its own. */
function startsWithSpeaker(after: string): boolean {
  const words = after.split(/\s+/u, 4);
  const first = words[0]?.toLowerCase() ?? '';
  if (first !== 'i' && sentenceOpeners.has(first)) return false;
  return words.slice(0, 3).some((word) => speechVerbs.has(word.toLowerCase().replace(/[^a-z]/g, '')));
}
