/** What each command does with a document: its answer as data for programs and as lines for people. */
import { neverCancelled } from '../base/cancellation.ts';
import {
  type ConceptService,
  type DocumentSnapshot,
  messageOf,
  type OutlineSection,
  unsteered,
} from '../service/index.ts';
import { type CommandName, type Request, UsageError } from './arguments.ts';

export interface Answer {
  /** Printed with `--json`. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Printed without it, on standard output. */
  readonly lines: readonly string[];
  /** Why there is nothing, for standard error; '' where there is something. */
  readonly silence: string;
  /** The exit code. */
  readonly code: 0 | 1;
}

/** Hears how many sentences have been read of those that must be. */
export type Progress = (done: number, total: number) => void;

type Command = (
  service: ConceptService,
  snapshot: DocumentSnapshot,
  request: Request,
  progress: Progress,
) => Promise<Answer>;

const done = { silence: '', code: 0 } as const;

export const commands: Readonly<Record<CommandName, Command>> = {
  async suggest(service, snapshot, request) {
    // Where the document ends is the end of its prose: an empty line or a closing command may follow.
    const offset = offsetAt(snapshot, request) ?? snapshot.paragraphs.at(-1)?.end ?? 0;
    const candidates = request.count ?? 3;
    const { seed, towards } = request;
    const options = {
      candidates,
      least: candidates,
      seed,
      sampler: {},
      minScore: null,
      steering: { ...unsteered, towards },
    };
    const { items, silence } = await service.suggest(snapshot, offset, options, neverCancelled);
    if (items.length === 0) return nothing('suggestions', silence);
    return {
      data: {
        ...place(snapshot, offset),
        suggestions: items.map(({ insertText, ...rest }) => ({ text: insertText, ...rest })),
      },
      lines: items.map(({ insertText, score }) => scored(score, insertText.trim())),
      ...done,
    };
  },

  async summarise(service, snapshot, request) {
    const offset = offsetAt(snapshot, request);
    const at = { start: offset ?? 0, end: offset ?? 0 };
    const subject = service.summarySubject(snapshot, at, offset === undefined ? 'document' : 'section');
    const { method, seed } = request;
    const options = { length: { unit: 'sentences', count: request.sentences ?? 3 }, method, seed } as const;
    const summary = subject && (await service.summarize(snapshot, subject, options, neverCancelled));
    if (!summary) return nothing('sentences', 'There is no prose to summarise here.');
    const sentences = summary.sentences.map(({ text, sources }) => ({
      text,
      sources: sources.map((source) => ({
        ...place(snapshot, source.span.start),
        text: source.text,
        similarity: source.similarity,
      })),
    }));
    const { sourceWords, summaryWords } = summary;
    return {
      data: { heading: summary.subject.heading, method: summary.method, sourceWords, summaryWords, sentences },
      lines: sentences.map(({ text }) => text),
      ...done,
    };
  },

  async similar(service, snapshot, request, progress) {
    const offset = offsetAt(snapshot, request);
    const sentence = offset === undefined ? undefined : service.sentenceAt(snapshot, offset);
    const text = request.query?.replace(/\s+/gu, ' ').trim() ?? sentence?.text ?? '';
    if (text === '' && request.query !== undefined) throw new UsageError('--query is empty');
    if (text === '') return nothing('sentences', 'There is no sentence here.');
    await service.index(snapshot, offset ?? 0, neverCancelled, progress);
    const found = await service.find(
      text,
      { open: [snapshot], files: false, except: sentence },
      request.count ?? 5,
      neverCancelled,
    );
    if (found.length === 0) return nothing('sentences', 'There are no other sentences.');
    const sentences = found.map(({ sentence: { start, text: words }, similarity }) => ({
      ...place(snapshot, start),
      similarity,
      text: words,
    }));
    return {
      data: { query: text, sentences },
      lines: sentences.map(({ line, similarity, text: words }) => scored(similarity, `line ${line}: ${words}`)),
      ...done,
    };
  },

  async outline(service, snapshot, _, progress) {
    await service.index(snapshot, 0, neverCancelled, progress);
    const sections = (await service.outline(snapshot, neverCancelled)).map((each) => sectionOf(snapshot, each));
    const lines = sections.flatMap((each) => outlineLines(each));
    if (lines.length === 0) return nothing('sections', 'There is no prose here.');
    return { data: { sections }, lines, ...done };
  },

  /** As of other checkers, a finding is a failure. */
  async check(service, snapshot, { checks }, progress) {
    await service.index(snapshot, 0, neverCancelled, progress);
    const findings = (await service.checks(snapshot, checks, neverCancelled)).map((finding) => {
      const related = place(snapshot, finding.related.start);
      return {
        check: finding.check,
        ...place(snapshot, finding.sentence.start),
        text: finding.sentence.text,
        message: messageOf(finding, related.line),
        related: { ...related, text: finding.related.text },
        similarity: finding.similarity,
      };
    });
    const lines = findings.map(({ check, line, column, message }) => `${line}:${column}  ${check}  ${message}`);
    return { data: { findings }, lines, silence: '', code: findings.length > 0 ? 1 : 0 };
  },
};

/** Sections as data: their topics, each with its key sentence, and their subsections. */
function sectionOf(snapshot: DocumentSnapshot, { section, topics, subsections }: OutlineSection): SectionData {
  return {
    heading: section.heading,
    ...place(snapshot, section.start),
    topics: topics.map(({ key, sentences, coherence }) => ({
      ...place(snapshot, key.start),
      sentences,
      coherence,
      key: key.text,
    })),
    subsections: subsections.map((each) => sectionOf(snapshot, each)),
  };
}

interface SectionData {
  readonly heading: string;
  readonly line: number;
  readonly topics: readonly { readonly line: number; readonly key: string }[];
  readonly subsections: readonly SectionData[];
}

function outlineLines({ heading, line, topics, subsections }: SectionData, indent = ''): string[] {
  // What precedes the first heading has none.
  const own = heading === '' ? [] : [`${indent}line ${line}: ${heading}`];
  const inner = heading === '' ? indent : `${indent}  `;
  return [
    ...own,
    ...topics.map((topic) => `${inner}line ${topic.line}: ${topic.key}`),
    ...subsections.flatMap((each) => outlineLines(each, inner)),
  ];
}

/** An empty list under this name, and why it is empty. */
function nothing(name: string, silence: string): Answer {
  return { data: { [name]: [], silence }, lines: [], silence, code: 1 };
}

/** The offset of the line and column that were asked for, the line's end without a column. Throws UsageError outside. */
function offsetAt({ content }: DocumentSnapshot, { line, column }: Request): number | undefined {
  if (line === undefined) return undefined;
  const last = content.positionAt(content.length).line + 1;
  if (line > last) throw new UsageError(`--line is ${line}, and the document has ${last}`);
  const start = content.offsetAt({ line: line - 1, character: 0 });
  const end = content.offsetAt({ line: line - 1, character: Number.MAX_SAFE_INTEGER });
  if (column !== undefined && column > end - start + 1) {
    throw new UsageError(`--column is ${column}, and line ${line} ends at ${end - start + 1}`);
  }
  return column === undefined ? end : start + column - 1;
}

/** Line and column, from 1. */
function place({ content }: DocumentSnapshot, offset: number) {
  const { line, character } = content.positionAt(offset);
  return { line: line + 1, column: character + 1 };
}

function scored(score: number, text: string): string {
  return `${score.toFixed(2)}  ${text}`;
}
