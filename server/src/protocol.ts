/** What Foresay's client and server say to each other beyond LSP: names and shapes only, no code that runs. */
import type { SummaryLength } from './base/summaryLength.ts';

/** Settings section `foresay`, pulled by `workspace/configuration` with the document's `scopeUri`. */
export interface ForesaySettings {
  /** Off switch, by language: `{"*": true, "latex": false}`; the language's own entry wins over `*`. */
  readonly enable: Readonly<Record<string, boolean>>;
  /** Glob patterns of files that get nothing. */
  readonly exclude: readonly string[];
  readonly comments: {
    /** Source files are read too: their comments as prose. */
    readonly enable: boolean;
  };
  readonly suggest: {
    /** `automatic` shows suggestions on a pause; `manual` only when asked. */
    readonly trigger: 'automatic' | 'manual';
    /** Candidates, 1 to 8. */
    readonly candidates: number;
    /** Classifier-free guidance scale; null takes the bundle's. */
    readonly guidanceScale: number | null;
    /** Sampler steps, a divisor of 100; null takes the bundle's. */
    readonly steps: number | null;
    /** Seed of the sampler; the same document and seed give the same suggestions. */
    readonly seed: number;
    /** Score in [0, 1] under which nothing is shown; null takes the bundle's. */
    readonly minScore: number | null;
    /** Sentences of a paragraph when no number was asked for, 1 to 10. */
    readonly paragraphSentences: number;
    /** What follows the suggestion that is shown is worked out ahead. */
    readonly prefetch: boolean;
    /** In VS Code, no ghost text by itself where GitHub Copilot is on for the language; other clients need not know. */
    readonly yieldToCopilot: boolean;
  };
  readonly summary: {
    /** Sentences in a summary when the writer chose no length. */
    readonly sentences: number;
    /** `auto` takes whichever the bundle reports as better. */
    readonly method: 'auto' | 'lcm' | 'extractive';
    /** A code lens over a summary whose text has changed since. */
    readonly staleLens: boolean;
  };
  readonly hover: {
    /** What a hover tells, in its own order; nothing for no hover. */
    readonly show: readonly HoverPart[];
    /** Similar sentences listed, of the document and of the workspace each. */
    readonly neighbors: number;
  };
  readonly diagnostics: {
    /** How sentences that repeat an earlier one are marked. */
    readonly repeats: DiagnosticLevel;
    /** … that drift from what their section is about. */
    readonly drift: DiagnosticLevel;
    /** … that the text jumps to without a transition. */
    readonly jump: DiagnosticLevel;
    /** … with which a section opens though they do not say what it is about. */
    readonly topic: DiagnosticLevel;
    /** Marks that are not wanted: check and sentence hash, with the sentence's first words for whoever reads it. */
    readonly ignore: Readonly<Record<string, string>>;
  };
  readonly search: {
    /** Whether the files of the workspace are read, so that sentences can be found in them by meaning. */
    readonly workspace: boolean;
  };
  readonly statistics: {
    /** What becomes of suggestions is counted; when it is switched off, the counts that are there are deleted. */
    readonly enabled: boolean;
  };
  readonly provenance: {
    /** Text accepted from suggestions is marked and listed; the client's own. */
    readonly mark: boolean;
  };
  readonly cache: {
    /** Concept vectors are kept on disk; when it is switched off, those that are there are deleted. */
    readonly enabled: boolean;
  };
  /** Directory of the model bundle; '' for the one that ships. */
  readonly bundlePath: string;
  /** Execution provider to try first: `auto`, `cpu`, `webgpu`, `cuda`, `dml`, `coreml`. */
  readonly provider: string;
}

export type DiagnosticLevel = 'off' | 'hint' | 'information';

/** `workspace`: similar sentences in other documents, and in the workspace's files where they are indexed. */
export type HoverPart = 'flow' | 'section' | 'novelty' | 'expectedness' | 'nearest' | 'workspace';

/** `initializationOptions`; all of it may be missing. */
export interface InitializationOptions {
  /** For clients that cannot be asked for settings. */
  readonly settings?: unknown;
  /** Absolute path of the folder for what is kept on disk; else the platform's folder for caches. */
  readonly cacheDirectory?: string;
  /** The server's texts in the editor's language, each under the English one; else those of `initialize`'s locale. */
  readonly translations?: Readonly<Record<string, string>>;
  /** Gives the concept outline as document symbols too, for editors without an outline of their own. */
  readonly documentSymbols?: boolean;
  /** The client has the command `ignoreInWorkspace`, which a code action may name. */
  readonly ignoresInWorkspace?: boolean;
}

export type ServerState = 'starting' | 'ready' | 'working' | 'off' | 'error';

/** Notification `foresay/status`, server to client, whenever one of its fields changes. */
export interface StatusParams {
  readonly state: ServerState;
  /** Why it is off or in error, or what it works on; a sentence for the writer. */
  readonly message: string;
  readonly provider?: string;
  readonly device?: string;
  readonly bundle?: string;
  /** Of weights, and of what is kept on an accelerator. */
  readonly residentBytes?: number;
  /** Guidance scale that the bundle recommends, in use where nothing else is set. */
  readonly guidanceScale?: number;
  /** Milliseconds from request to answer of the last suggestion. */
  readonly lastLatencyMs?: number;
  /** Milliseconds for which this machine is too slow to word two ideas by itself; absent where it is not. */
  readonly tooSlowForMs?: number;
  /** Bytes that crossed to and from an accelerator while it was worked out; absent on the processor. */
  readonly lastTransferBytes?: number;
  /** Why the last suggestion request came back empty, if it did. */
  readonly lastSilence?: string;
  /** The open documents that get nothing, by uri, each with a sentence for the writer that says why. */
  readonly offDocuments?: Readonly<Record<string, string>>;
}
export const statusNotification = 'foresay/status';

/** Request `foresay/summarize`: a summary, computed now, with sources. Cancellable; reports workDoneProgress. */
export const summarizeRequest = 'foresay/summarize';
/** `section` and `subtree` are of the section around the range's start: its own body, and with all its subsections. */
export type SummaryScope = 'selection' | 'section' | 'subtree' | 'document';
export interface SummarizeParams {
  readonly textDocument: { readonly uri: string };
  readonly range: LspRange;
  readonly scope: SummaryScope;
  /** null takes the setting. */
  readonly length: SummaryLength | null;
  readonly workDoneToken?: string | number;
}
export interface SummarySentence {
  readonly text: string;
  /** Where it comes from, best first. */
  readonly sources: readonly { readonly range: LspRange; readonly text: string; readonly similarity: number }[];
}
/**
 * Where a summary can go. `abstract`: below the document's title; `comment`: before the text, seen in the source only;
 * `metadata`: a description in the front matter or header; `file`: a new file beside the document.
 */
export type SummaryPlacement = 'before' | 'after' | 'abstract' | 'comment' | 'metadata' | 'file';
/** `instead`: in the place of a note that became more. */
export type TextPlacement = SummaryPlacement | 'instead';
export interface PlacedText {
  readonly placement: TextPlacement;
  /** The document that is edited; of `file` one that is yet to be created. */
  readonly uri: string;
  readonly edit: LspTextEdit;
  /** True if something that is there gives up its place. */
  readonly replaces: boolean;
}
export interface SummarizeResult {
  readonly version: number;
  readonly scope: SummaryScope;
  /** What was summarised, after widening. */
  readonly range: LspRange;
  readonly heading: string;
  readonly method: 'lcm' | 'extractive';
  readonly sentences: readonly SummarySentence[];
  readonly sourceWords: number;
  readonly summaryWords: number;
  /** The summary as a paragraph in the document's markup, for a place that only the writer knows. */
  readonly block: string;
  /** The places that this document has for it; the edits are for `version`. */
  readonly places: readonly PlacedText[];
}

/** Request `foresay/summarizeFolder`: every document in a folder. Cancellable; reports workDoneProgress. */
export const summarizeFolderRequest = 'foresay/summarizeFolder';
export interface SummarizeFolderParams {
  readonly uri: string;
  /** Of each document, and of the summary over all; null takes the setting. */
  readonly length: SummaryLength | null;
  readonly workDoneToken?: string | number;
}
export interface SummarizeFolderResult {
  /** Documents with prose. */
  readonly files: number;
  /** One summary over all and one of each, each sentence with a link to its source; '' of none. */
  readonly markdown: string;
}

/** Request `foresay/refreshSummaries`: the summaries in the document whose text has changed since, made again. */
export const refreshSummariesRequest = 'foresay/refreshSummaries';
export interface RefreshSummariesParams {
  readonly textDocument: { readonly uri: string };
  /** Only those that it touches; all without it. */
  readonly range?: LspRange;
  readonly workDoneToken?: string | number;
}
export interface RefreshSummariesResult {
  readonly version: number;
  /** One for each summary that was stale. */
  readonly edits: readonly LspTextEdit[];
}

/** Request `foresay/nextSentences`: the candidate ideas at a position, with scores. */
export const nextSentencesRequest = 'foresay/nextSentences';
export interface NextSentencesParams {
  readonly textDocument: { readonly uri: string };
  readonly position: LspPosition;
  /** null takes the setting. */
  readonly candidates: number | null;
  /** A phrase or sentence that the ideas are led towards. */
  readonly towards?: string;
  /** Ideas of which more are wanted, and ideas away from which these are led. */
  readonly like?: readonly string[];
  readonly unlike?: readonly string[];
  /** The ideas lead over to the sentence that follows the position. */
  readonly gap?: boolean;
  /** For this request in the setting's stead. */
  readonly seed?: number;
  readonly guidanceScale?: number;
}
export interface SuggestedSentence {
  readonly insertText: string;
  /** In [0, 1]. */
  readonly score: number;
  /** The document's sentence that the idea is closest to, '' where none is known; and its section's heading. */
  readonly near: string;
  readonly heading: string;
}
export interface NextSentencesResult {
  readonly version: number;
  /** Where they go: for a gap the nearest place for a sentence, else as asked. */
  readonly position: LspPosition;
  /** Best first, where something was wished for those first that went there. */
  readonly items: readonly SuggestedSentence[];
  /** Why `items` is empty, '' otherwise. */
  readonly silence: string;
}

/**
 * Request `foresay/nextParagraph`: several sentences ahead, each planned from the text and those before it. Cancellable;
 * under `partialResultToken` each sentence is told once it is there, as a `ParagraphSentence`, before all in the result.
 */
export const nextParagraphRequest = 'foresay/nextParagraph';
export interface NextParagraphParams {
  readonly textDocument: { readonly uri: string };
  readonly position: LspPosition;
  /** Sentences wanted; null takes the setting. */
  readonly sentences: number | null;
  /** The `insertText` of earlier sentences, in order, behind which these go on. */
  readonly after?: readonly string[];
  readonly partialResultToken?: string | number;
}
export interface ParagraphSentence {
  readonly insertText: string;
  /** In [0, 1]. */
  readonly score: number;
  /** What goes behind it where it is the last one, so that it does not run into what stands below. */
  readonly tail: string;
}
export interface NextParagraphResult {
  readonly version: number;
  readonly sentences: readonly ParagraphSentence[];
  /** Why there are fewer than were wanted, '' otherwise. */
  readonly silence: string;
}

/** Request `foresay/expand`: a note as several sentences led towards its meaning. Cancellable; reports workDoneProgress. */
export const expandRequest = 'foresay/expand';
export interface ExpandParams {
  readonly textDocument: { readonly uri: string };
  /** The note; an empty range means its line. */
  readonly range: LspRange;
  /** Sentences wanted; null takes the setting for paragraphs. */
  readonly sentences: number | null;
  readonly workDoneToken?: string | number;
}
export interface ExpandResult {
  readonly version: number;
  /** What was expanded, without markup. */
  readonly note: string;
  readonly range: LspRange;
  readonly sentences: readonly { readonly text: string; readonly score: number }[];
  /** Why there are fewer than were wanted, '' otherwise. */
  readonly silence: string;
  /** All of them in the document's markup. */
  readonly block: string;
  readonly places: readonly PlacedText[];
}

/** Request `foresay/goals`: what the document offers as goals for the ideas at a position. */
export const goalsRequest = 'foresay/goals';
export interface GoalsResult {
  readonly version: number;
  /** In document order. */
  readonly headings: readonly string[];
  /** What the next section starts with; `sentence` is '' where it has none. */
  readonly next: { readonly heading: string; readonly sentence: string } | null;
  /** Those round the position, in document order. */
  readonly sentences: readonly string[];
}

/** Request `foresay/neighbors`: what the hover says, as data. */
export const neighborsRequest = 'foresay/neighbors';
export interface NeighborsResult {
  readonly version: number;
  readonly range: LspRange;
  readonly text: string;
  readonly toPrevious: number | null;
  readonly toSection: number | null;
  /** 1 less the similarity to the most similar sentence before it; null while unknown, and for the first. */
  readonly novelty: number | null;
  /** Share in [0, 1] of the other sentences that the LCM finds less expected here; null while unknown, and of few. */
  readonly expectedness: number | null;
  readonly nearest: readonly { readonly range: LspRange; readonly text: string; readonly similarity: number }[];
  /** Similar sentences in other documents, and in the workspace's files where they are indexed. */
  readonly elsewhere: readonly FindItem[];
}

/** Request `foresay/outline`: sections, topic segments and key sentences, once every sentence has its vector. */
export const outlineRequest = 'foresay/outline';
/** Of requests about one document as a whole. */
export interface DocumentParams {
  readonly textDocument: { readonly uri: string };
}
export interface OutlineResult {
  readonly version: number;
  /** Those of the highest levels, in document order. */
  readonly sections: readonly OutlineSection[];
}
export interface OutlineSection {
  /** '' for what precedes the first heading. */
  readonly heading: string;
  /** The heading and all that is under it, subsections too. */
  readonly range: LspRange;
  readonly topics: readonly OutlineTopic[];
  readonly subsections: readonly OutlineSection[];
}
/** A run of sentences that are about one thing. */
export interface OutlineTopic {
  readonly range: LspRange;
  readonly sentences: number;
  /** Mean similarity of its sentences to their mean. */
  readonly coherence: number;
  /** The sentence that stands for it. */
  readonly key: { readonly range: LspRange; readonly text: string };
}

/** Request `foresay/flow`: how each sentence follows from the one before it in its section. */
export const flowRequest = 'foresay/flow';
export interface FlowResult {
  readonly version: number;
  /** `band`: how the similarity stands among the document's, from its lowest to its highest. */
  readonly steps: readonly {
    readonly range: LspRange;
    readonly similarity: number;
    readonly band: 'jump' | 'apart' | 'usual' | 'close' | 'same';
  }[];
}

/**
 * Scheme of concept reports, documents in the language `foresay-report` that the server writes
 * (`workspace/textDocumentContent`): `foresay-report:/any/path?SOURCE`, with the encoded uri of an open document.
 */
export const reportScheme = 'foresay-report';

/** Request `foresay/concepts`: the document's sentences with their concept vectors, to be drawn. */
export const conceptsRequest = 'foresay/concepts';
export interface ConceptsParams extends DocumentParams {
  /** Ids of sentences whose vectors the client has already. */
  readonly known: readonly string[];
}
export interface ConceptsResult {
  readonly version: number;
  /** Headings, in document order; '' for what precedes the first. */
  readonly sections: readonly string[];
  /** In document order. `id`: equal texts have equal ids; `section`: index in `sections`. */
  readonly sentences: readonly ConceptSentence[];
  /** Sentences that say again what an earlier one said: indexes in `sentences`, the earlier one second. */
  readonly repeats: readonly (readonly [number, number])[];
  readonly vectors: ConceptVectors;
}
export interface ConceptSentence {
  readonly id: string;
  readonly range: LspRange;
  readonly text: string;
  readonly section: number;
}
/** Vectors of the sentences that the client did not know, `dim` signed bytes each, in base64, in the order of `ids`. */
export interface ConceptVectors {
  readonly ids: readonly string[];
  readonly dim: number;
  readonly bytes: string;
}

/** Request `foresay/indexed`: resolves once every sentence of the document has its vector. */
export const indexedRequest = 'foresay/indexed';
export interface IndexedResult {
  readonly version: number;
  readonly sentences: number;
}

/** Request `foresay/find`: the sentences closest in meaning to a phrase or a sentence. */
export const findRequest = 'foresay/find';
export interface FindParams {
  /** A phrase or sentence; '' for the sentence at `position`. */
  readonly query: string;
  /** `workspace`: open documents, and the files of the workspace where `foresay.search.workspace` is on. */
  readonly scope: 'document' | 'workspace';
  /** The document of the position, and of the scope `document`. */
  readonly textDocument?: { readonly uri: string };
  /** The sentence here is not among the answers. */
  readonly position?: LspPosition;
  /** Sentences wanted, 1 to 200; 20 without it. */
  readonly count?: number;
}
export interface FindResult {
  /** What was looked for. */
  readonly query: string;
  /** Best first. */
  readonly items: readonly FindItem[];
  readonly index: SearchIndexState;
}
export interface FindItem {
  readonly uri: string;
  readonly range: LspRange;
  readonly text: string;
  /** Heading of its section, '' without one. */
  readonly heading: string;
  readonly similarity: number;
}

/** Request `foresay/searchIndex`: the index of the workspace's files as it is, after what was asked is done. */
export const searchIndexRequest = 'foresay/searchIndex';
export interface SearchIndexParams {
  /** `clear` deletes it, for all workspaces, and pauses reading. */
  readonly action?: 'pause' | 'resume' | 'clear';
}
export interface SearchIndexState {
  /** `full`: there are more sentences in the workspace than the index takes. */
  readonly state: 'off' | 'reading' | 'paused' | 'full' | 'ready';
  readonly files: number;
  readonly sentences: number;
  /** On disk, those of other workspaces included. */
  readonly bytes: number;
  /** Files still to be read. */
  readonly waiting: number;
}
/** Request `foresay/statistics`: what became of the suggestions so far; the counts stay on this machine. */
export const statisticsRequest = 'foresay/statistics';
export interface StatisticsResult {
  /** False if the settings say that nothing is counted. */
  readonly enabled: boolean;
  readonly days: SuggestionStatistics;
}
/** By day (`2026-11-25`, where the server runs), then by language id. */
export type SuggestionStatistics = Readonly<Record<string, Readonly<Record<string, SuggestionCounts>>>>;
export interface SuggestionCounts {
  /** Suggestions shown; those shown together at one place, and what is left of one while it is typed, are one. */
  readonly shown: number;
  /** Of these, accepted to the end, accepted in part, and given up for something else. */
  readonly whole: number;
  readonly part: number;
  readonly dismissed: number;
  /** UTF-16 units that were accepted and not typed. */
  readonly characters: number;
}

/**
 * Notifications of clients of Copilot's language server, which are understood here too. An item is known by the
 * arguments of its command. `acceptedLength`: UTF-16 units of the item's text, from its start, that are accepted.
 */
export const didShowNotification = 'textDocument/didShowCompletion';
export const didPartiallyAcceptNotification = 'textDocument/didPartiallyAcceptCompletion';

/** Request `foresay/restart`: ends the inference host and starts a new one. */
export const restartRequest = 'foresay/restart';

/** Commands the server executes (`workspace/executeCommand`), for clients without our client. */
export const commands = {
  /** Arguments: [uri, range, version, newText]. Inserts an already worded text through `workspace/applyEdit`. */
  insert: 'foresay.server.insert',
  /** Arguments: [SummarizeParams, placement]. Summarises, shows, and puts it where `placement` says, if it does. */
  summarize: 'foresay.server.summarize',
  /** Arguments: [uri, position]. Inserts the sentence that leads over best to what follows. */
  fillGap: 'foresay.server.fillGap',
  /** Arguments: [uri, position, sentences or null]. Inserts the next sentences; when cancelled, those that are there. */
  nextParagraph: 'foresay.server.nextParagraph',
  /** Arguments: [uri, range]. Shows a place of a document (`window/showDocument`). */
  show: 'foresay.server.show',
  /** Arguments: [SummarizeFolderParams]. Answers with the SummarizeFolderResult, or null. */
  summarizeFolder: 'foresay.server.summarizeFolder',
  /** Arguments: [ExpandParams, 'after' or 'instead']. Inserts a note's expansion. */
  expand: 'foresay.server.expand',
  /** Arguments: [uri, range?]. Makes the stale summaries again, all or those that the range touches. */
  refreshSummaries: 'foresay.server.refreshSummaries',
  /** Arguments: [FindParams]. Answers FindResult. */
  find: 'foresay.server.find',
  clearSearchIndex: 'foresay.server.clearSearchIndex',
  /** Argument: [id]. The suggestion with this id was accepted; clients run it, being the command of every suggestion. */
  accepted: 'foresay.server.accepted',
  /** No arguments. Shows the counts of the last thirty days in a message; deletes all counts. */
  showStatistics: 'foresay.server.showStatistics',
  clearStatistics: 'foresay.server.clearStatistics',
  restart: 'foresay.server.restart',
} as const;

/** A command of our client: [uri, key, note] is added to `foresay.diagnostics.ignore` of the workspace. */
export const ignoreInWorkspace = 'foresay.ignoreInWorkspace';

/** Of requests about a place in a document. */
export interface PositionParams {
  readonly textDocument: { readonly uri: string };
  readonly position: LspPosition;
}
export interface LspPosition {
  readonly line: number;
  readonly character: number;
}
export interface LspRange {
  readonly start: LspPosition;
  readonly end: LspPosition;
}
export interface LspTextEdit {
  readonly range: LspRange;
  readonly newText: string;
}
