/** What the writer is doing at an offset: at a sentence's start, inside one, or where no prose is written. */
import { familyOf } from '../../base/languages.ts';
import { partitionPoint } from '../../base/partitionPoint.ts';
import { sentenceOpeners } from '../../text/abbreviations.ts';
import type { DocumentText } from '../../text/documentText.ts';
import { isComplete } from '../../text/sentences.ts';
import type { DocumentSnapshot, Island, Paragraph, SentenceSpan } from '../../text/snapshot.ts';
import { silence } from './silence.ts';

/** A place where a suggestion can be inserted. */
export interface Place {
  /** `sentenceStart` where the next sentence goes, `midSentence` where one is being typed. */
  readonly kind: 'sentenceStart' | 'midSentence';
  /** Sentences `[0, before)` of the snapshot precede the suggested one. */
  readonly before: number;
  /** Sentences from `after` on follow it; the one being typed is between. */
  readonly after: number;
  /** The section that it is in. */
  readonly section: number;
  /** Plain text of what is typed of the sentence, a trailing space included; '' at a sentence's start. */
  readonly typed: string;
  /** What parts the suggestion from the text before it. */
  readonly separator: '' | ' ';
  /** What goes behind the suggestion, so that it does not run into the paragraph below. */
  readonly tail: string;
}

/** A place where nothing is suggested. */
export interface SilentPlace {
  readonly kind: 'silent';
  /** A sentence for the writer. */
  readonly reason: string;
}

export function placeAt(snapshot: DocumentSnapshot, offset: number): Place | SilentPlace {
  const place = proseAt(snapshot, offset);
  if (place.kind === 'silent') return place;
  return { ...place, section: sectionAt(snapshot, offset), tail: tailAt(snapshot.content, offset) };
}

/** Index of the section that the offset is in. */
export function sectionAt({ sections }: DocumentSnapshot, offset: number): number {
  return countBefore(sections, offset + 1) - 1;
}

type ProsePlace = Omit<Place, 'section' | 'tail'>;

/** The place by what stands before it. */
function proseAt(snapshot: DocumentSnapshot, offset: number): ProsePlace | SilentPlace {
  const { content, nonProse, paragraphs } = snapshot;
  if (snapshot.tooLarge) return silent(silence.tooLarge());
  if (isInside(nonProse, offset)) return silent(silence.noProse());
  if (isInHeading(snapshot, offset)) return silent(silence.heading());
  const follows = content.charAt(offset);
  if (/[\p{L}\p{N}]/u.test(follows)) return silent(silence.beforeWord());
  const paragraph = paragraphs[countBefore(paragraphs, offset + 1) - 1];
  if (paragraph && offset <= paragraph.end) return placeInside(snapshot, paragraph, offset);
  if (!isLineFree(snapshot, offset)) return silent(silence.noProse());
  const gap = paragraph && content.slice(paragraph.end, offset);
  if (paragraph && gap !== undefined) {
    // A tie in LaTeX holds what follows to the word before it.
    if (gap === '~' && isTex(snapshot))
      return midSentence(paragraph.endSentence - 1, `${lastText(snapshot, paragraph)} `);
    if (lineBreak.test(gap) || (isSource(snapshot) && commentBreak.test(gap))) return placeBehind(snapshot, paragraph);
  }
  return placeOfNewParagraph(snapshot, offset);
}

/**
 * Where a sentence goes that leads over from one to the next: the offset itself where one may be written, else the end of
 * the sentence that the offset is in, or in front of whose follower it is.
 */
export function gapAt(snapshot: DocumentSnapshot, offset: number): number {
  if (placeAt(snapshot, offset).kind !== 'silent') return offset;
  const sentence = snapshot.sentences[countBefore(snapshot.sentences, offset) - 1];
  return sentence && placeAt(snapshot, sentence.end).kind === 'sentenceStart' ? sentence.end : offset;
}

/** Whether nothing but an empty line with the offset in it parts two paragraphs of one section. */
export function isBetweenParagraphs({ paragraphs, content }: DocumentSnapshot, offset: number): boolean {
  const index = countBefore(paragraphs, offset);
  const [above, below] = [paragraphs[index - 1], paragraphs[index]];
  if (!above || above.section !== below?.section || offset <= above.end) return false;
  const line = lineBefore(content, offset) + lineRest(content, offset);
  return blankLine.test(line) && blankLine.test(content.slice(above.end, below.start).replaceAll('\n', ''));
}

/** At most one line break, and in source files the marks of the comment that goes on behind it. */
const lineBreak = /^[^\S\n]*\n?[^\S\n]*$/u;
const commentBreak = /^[^\S\n]*\n[^\S\n]*(?:\/\/[/!]*|\*|#+|--+)[^\S\n]+$/u;

/** A line that parts paragraphs, in a quotation too. */
const blankLine = /^[\s>]*$/u;

/** On the only blank line before some text: the line end, and the marks of the quotation, that make it blank again. */
function tailAt(text: DocumentText, offset: number): string {
  const end = text.lineEnd(offset);
  const line = text.slice(text.lineStart(offset), end);
  if (!line.endsWith('\n') || !blankLine.test(line) || blankLine.test(lineRest(text, end))) return '';
  return (line.endsWith('\r\n') ? '\r\n' : '\n') + lineBefore(text, offset).trimEnd();
}

/** In a paragraph, its ends included. */
function placeInside(snapshot: DocumentSnapshot, paragraph: Paragraph, offset: number): ProsePlace | SilentPlace {
  const { sentences, content } = snapshot;
  const { prose, start } = paragraph;
  if (isInside(prose.islands, offset - start)) return silent(silence.noProse());
  // At the very start of a sentence the place is in front of it.
  let index = paragraph.firstSentence - 1;
  while (index + 1 < paragraph.endSentence && (sentences[index + 1] as SentenceSpan).start < offset) index++;
  const sentence = sentences[index];
  if (index < paragraph.firstSentence || !sentence || offset > sentence.end)
    return sentenceStart(snapshot, index + 1, offset);
  const unit = lowerBound(prose.offsets, offset - start);
  const typed = flat(prose.text.slice(lowerBound(prose.offsets, sentence.start - start), unit)).trimStart();
  const rest = flat(prose.text.slice(unit, lowerBound(prose.offsets, sentence.end - start)));
  if (/^["'”’»)\]]*$/u.test(rest.trim())) {
    return sentence.complete ? sentenceStart(snapshot, index + 1, offset) : midSentence(index, typed);
  }
  const parted = rest.startsWith(' ') || typed.endsWith(' ');
  const atLineEnd = /^\s*$/u.test(lineRest(content, offset));
  if (parted && isComplete(typed)) return sentenceStart(snapshot, index + 1, offset);
  if (parted && startsSentence(rest.trim(), atLineEnd)) return midSentence(index, typed);
  return silent(silence.alreadyWritten());
}

/** Behind a paragraph, on its last line or on the one below: what is typed here still belongs to it. */
function placeBehind(snapshot: DocumentSnapshot, paragraph: Paragraph): ProsePlace | SilentPlace {
  const index = paragraph.endSentence - 1;
  if (snapshot.sentences[index]?.complete !== false)
    return { kind: 'sentenceStart', before: index + 1, after: index + 1, typed: '', separator: '' };
  return midSentence(index, `${lastText(snapshot, paragraph)} `);
}

function lastText({ sentences }: DocumentSnapshot, { endSentence }: Paragraph): string {
  return sentences[endSentence - 1]?.text ?? '';
}

/** On a line without prose that does not belong to the paragraph before it. */
function placeOfNewParagraph(snapshot: DocumentSnapshot, offset: number): ProsePlace | SilentPlace {
  const { languageId, content, sentences } = snapshot;
  const line = lineBefore(content, offset);
  if (!takesParagraph(snapshot, line, offset)) return silent(silence.noProse());
  const place = sentenceStart(snapshot, countBefore(sentences, offset), offset);
  // Text stands right behind the tag that it is in.
  return familyOf(languageId) === 'html' && place.kind !== 'silent' ? { ...place, separator: '' } : place;
}

/** Whether a paragraph may begin at the end of this line, which is in none. */
function takesParagraph({ languageId, content }: DocumentSnapshot, line: string, offset: number): boolean {
  const family = familyOf(languageId);
  if (family === 'latex') return true;
  if (family === 'source') return emptyComment.test(line);
  if (family === 'html') return openingTag.test(content.slice(Math.max(0, offset - 300), offset));
  return emptyLine.test(line);
}

/** White space, and the marks of lists, tasks, quotations and notes. */
const emptyLine =
  /^[\s>]*(?:(?:[-+•‣◦]|\*{1,5}|\.{1,5}|#\.|\d{1,9}[.)]|(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION):)\s[\s>]*(?:\[[ xX*-]\]\s[\s>]*)?)*$/u;
/** The marks of a comment and of lists in it. */
const emptyComment = /^\s*(?:\/\/[/!]*|\/?\*{1,2}|#+|--+)\s+(?:(?:[-*•]|\d{1,3}[.)])\s+)?$/u;
/** Whether nothing stands on the rest of the line; in HTML the tag that closes the element may. */
function isLineFree({ languageId, content }: DocumentSnapshot, offset: number): boolean {
  const rest = lineRest(content, offset);
  return familyOf(languageId) === 'html' ? /^\s*(?:<\/[a-z][^<>]*>\s*)*$/iu.test(rest) : !/\S/u.test(rest);
}

/** Text goes into an element, not between two. */
const openingTag = /<[a-z](?:[^<>]*[^<>/])?>\s*$/iu;

function sentenceStart(snapshot: DocumentSnapshot, index: number, offset: number): ProsePlace | SilentPlace {
  if (index === 0) return silent(silence.nothingBefore());
  const separator = offset === 0 || /\s/u.test(snapshot.content.charAt(offset - 1)) ? '' : ' ';
  return { kind: 'sentenceStart', before: index, after: index, typed: '', separator };
}

function midSentence(index: number, typed: string): ProsePlace {
  return { kind: 'midSentence', before: index, after: index + 1, typed, separator: '' };
}

/**
 * Whether what stands behind the cursor is a sentence of its own, run together with the one being typed only because
 * that has no end yet.
 */
function startsSentence(rest: string, atLineEnd: boolean): boolean {
  const [word = ''] = /^["'“‘«([]*[\p{L}\p{N}'’]+/u.exec(rest) ?? [];
  const bare = word.replace(/^[^\p{L}\p{N}]+/u, '');
  return /^\p{Lu}/u.test(bare) && (atLineEnd || sentenceOpeners.has(bare.toLowerCase()));
}

function silent(reason: string): SilentPlace {
  return { kind: 'silent', reason };
}

function isTex({ languageId }: DocumentSnapshot): boolean {
  return familyOf(languageId) === 'latex';
}

function isSource({ languageId }: DocumentSnapshot): boolean {
  return familyOf(languageId) === 'source';
}

function isInHeading(snapshot: DocumentSnapshot, offset: number): boolean {
  const { content } = snapshot;
  const section = snapshot.sections[sectionAt(snapshot, offset)];
  if (!section || section.level === 0 || offset > section.bodyStart) return false;
  if (offset < section.bodyStart) return true;
  // At the end of the text a heading has no line behind it.
  const heading = content.slice(section.start, offset);
  return offset === content.length && !heading.endsWith('\n') && !closesHeading(snapshot, heading);
}

/** In LaTeX a heading ends with its brace, in HTML with its tag; elsewhere with its line. */
function closesHeading({ languageId }: DocumentSnapshot, heading: string): boolean {
  const family = familyOf(languageId);
  return (family === 'latex' && /\}\s*$/u.test(heading)) || (family === 'html' && />\s*$/u.test(heading));
}

/** Inside one of the islands, or at the end of one that is still open. */
function isInside(islands: readonly Island[], offset: number): boolean {
  const island = islands[countBefore(islands, offset) - 1];
  return island !== undefined && (island.open ? offset <= island.end : offset < island.end);
}

/** How many of these start before the offset. */
function countBefore(spans: readonly { readonly start: number }[], offset: number): number {
  return partitionPoint(spans.length, (i) => (spans[i] as { readonly start: number }).start < offset);
}

/** Index of the first value that is not less. */
function lowerBound(values: Int32Array, least: number): number {
  return partitionPoint(values.length, (i) => (values[i] as number) < least);
}

function lineBefore(text: DocumentText, offset: number): string {
  return text.slice(text.lineStart(offset), offset);
}

function lineRest(text: DocumentText, offset: number): string {
  return text.slice(offset, text.lineEnd(offset)).replace(/\n$/u, '');
}

const flat = (text: string): string => text.replace(/[\s\u0085]+/gu, ' ');
