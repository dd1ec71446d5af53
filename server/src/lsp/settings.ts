/** Settings per document: pulled from the editor, checked field by field, defaulted, cached until they may differ. */
import picomatch from 'picomatch';
import { endsWithin } from '../base/endsWithin.ts';
import { t } from '../base/l10n.ts';
import { isSourceLanguage } from '../base/languages.ts';
import { errorMessage } from '../base/log.ts';
import type { DiagnosticLevel, ForesaySettings, HoverPart } from '../protocol.ts';
import { type CheckName, silence } from '../service/index.ts';
import { asRecord } from './positions.ts';

/** Languages are on unless switched off; three candidates; the bundle's own sampling. */
export const defaultSettings: ForesaySettings = {
  enable: { '*': true },
  exclude: [],
  comments: { enable: false },
  suggest: {
    trigger: 'automatic',
    candidates: 3,
    guidanceScale: null,
    steps: null,
    seed: 0,
    minScore: null,
    paragraphSentences: 3,
    prefetch: true,
    yieldToCopilot: true,
  },
  summary: { sentences: 3, method: 'auto', staleLens: true },
  hover: { show: ['flow', 'section', 'novelty', 'expectedness', 'nearest', 'workspace'], neighbors: 3 },
  diagnostics: { repeats: 'off', drift: 'off', jump: 'off', topic: 'off', ignore: {} },
  search: { workspace: false },
  statistics: { enabled: true },
  provenance: { mark: false },
  cache: { enabled: true },
  bundlePath: '',
  provider: 'auto',
};

/** Reports one wrong value: the field's full name, and what was expected and found. */
type Complain = (field: string, problem: string) => void;

const providers = ['auto', 'cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const;
/** Sentences that a paragraph may be asked to have. */
export const mostParagraphSentences = 10;
const divisorsOf100 = [1, 2, 4, 5, 10, 20, 25, 50, 100];

/** The settings in `raw`; what is missing takes its default, what is wrong too, with a complaint. */
export function checkedSettings(raw: unknown, complain: Complain): ForesaySettings {
  const root = asRecord(raw);
  const comments = asRecord(root.comments);
  const suggest = asRecord(root.suggest);
  const summary = asRecord(root.summary);
  const hover = asRecord(root.hover);
  const diagnostics = asRecord(root.diagnostics);
  const search = asRecord(root.search);
  const statistics = asRecord(root.statistics);
  const provenance = asRecord(root.provenance);
  const cache = asRecord(root.cache);
  const normal = defaultSettings;

  function field<T>(value: unknown, name: string, expected: string, ok: (v: unknown) => v is T, otherwise: T): T {
    if (value === undefined) return otherwise;
    if (ok(value)) return value;
    complain(`foresay.${name}`, t('expected {0}, found {1}', expected, JSON.stringify(value)?.slice(0, 60) ?? ''));
    return otherwise;
  }
  const numberIn =
    (low: number, high: number) =>
    (v: unknown): v is number =>
      typeof v === 'number' && v >= low && v <= high;
  const wholeIn =
    (low: number, high: number) =>
    (v: unknown): v is number =>
      Number.isInteger(v) && numberIn(low, high)(v);
  const oneOf =
    <T>(values: readonly T[]) =>
    (v: unknown): v is T =>
      values.includes(v as T);
  const orNull =
    <T>(ok: (v: unknown) => v is T) =>
    (v: unknown): v is T | null =>
      v === null || ok(v);

  const level = (check: CheckName): DiagnosticLevel =>
    field(
      diagnostics[check],
      `diagnostics.${check}`,
      t('one of {0}', '"off", "hint", "information"'),
      oneOf(['off', 'hint', 'information'] as const),
      normal.diagnostics[check],
    );

  return {
    enable: field(root.enable, 'enable', t('language names with true or false'), isSwitches, normal.enable),
    exclude: field(root.exclude, 'exclude', t('a list of glob patterns'), isPatterns, normal.exclude),
    comments: {
      enable: field(
        comments.enable,
        'comments.enable',
        t('true or false'),
        (v) => typeof v === 'boolean',
        normal.comments.enable,
      ),
    },
    suggest: {
      trigger: field(
        suggest.trigger,
        'suggest.trigger',
        t('{0} or {1}', '"automatic"', '"manual"'),
        oneOf(['automatic', 'manual'] as const),
        normal.suggest.trigger,
      ),
      candidates: field(
        suggest.candidates,
        'suggest.candidates',
        t('a whole number from {0} to {1}', 1, 8),
        wholeIn(1, 8),
        normal.suggest.candidates,
      ),
      guidanceScale: field(
        suggest.guidanceScale,
        'suggest.guidanceScale',
        t('a number from {0} to {1}, or null', 0, 20),
        orNull(numberIn(0, 20)),
        normal.suggest.guidanceScale,
      ),
      steps: field(
        suggest.steps,
        'suggest.steps',
        t('a divisor of {0}, or null', 100),
        orNull(oneOf(divisorsOf100)),
        normal.suggest.steps,
      ),
      seed: field(
        suggest.seed,
        'suggest.seed',
        t('a whole number from {0}', 0),
        wholeIn(0, 2 ** 32 - 1),
        normal.suggest.seed,
      ),
      minScore: field(
        suggest.minScore,
        'suggest.minScore',
        t('a number from {0} to {1}, or null', 0, 1),
        orNull(numberIn(0, 1)),
        normal.suggest.minScore,
      ),
      paragraphSentences: field(
        suggest.paragraphSentences,
        'suggest.paragraphSentences',
        t('a whole number from {0} to {1}', 1, mostParagraphSentences),
        wholeIn(1, mostParagraphSentences),
        normal.suggest.paragraphSentences,
      ),
      prefetch: field(suggest.prefetch, 'suggest.prefetch', t('true or false'), isBoolean, normal.suggest.prefetch),
      yieldToCopilot: field(
        suggest.yieldToCopilot,
        'suggest.yieldToCopilot',
        t('true or false'),
        isBoolean,
        normal.suggest.yieldToCopilot,
      ),
    },
    summary: {
      sentences: field(
        summary.sentences,
        'summary.sentences',
        t('a whole number from {0} to {1}', 1, 30),
        wholeIn(1, 30),
        normal.summary.sentences,
      ),
      method: field(
        summary.method,
        'summary.method',
        t('one of {0}', '"auto", "lcm", "extractive"'),
        oneOf(['auto', 'lcm', 'extractive'] as const),
        normal.summary.method,
      ),
      staleLens: field(
        summary.staleLens,
        'summary.staleLens',
        'true or false',
        (v) => typeof v === 'boolean',
        normal.summary.staleLens,
      ),
    },
    hover: {
      show: field(
        hover.show,
        'hover.show',
        `a list of ${normal.hover.show.join(', ')}`,
        (v): v is HoverPart[] => Array.isArray(v) && v.every(oneOf(normal.hover.show)),
        normal.hover.show,
      ),
      neighbors: field(
        hover.neighbors,
        'hover.neighbors',
        'a whole number from 1 to 10',
        wholeIn(1, 10),
        normal.hover.neighbors,
      ),
    },
    diagnostics: {
      repeats: level('repeats'),
      drift: level('drift'),
      jump: level('jump'),
      topic: level('topic'),
      ignore: field(
        diagnostics.ignore,
        'diagnostics.ignore',
        t('checks and hashes, each with the first words of its sentence'),
        isNotes,
        normal.diagnostics.ignore,
      ),
    },
    provenance: {
      mark: field(provenance.mark, 'provenance.mark', t('true or false'), isBoolean, normal.provenance.mark),
    },
    search: {
      workspace: field(search.workspace, 'search.workspace', t('true or false'), isBoolean, normal.search.workspace),
    },
    statistics: {
      enabled: field(
        statistics.enabled,
        'statistics.enabled',
        t('true or false'),
        isBoolean,
        normal.statistics.enabled,
      ),
    },
    cache: {
      enabled: field(cache.enabled, 'cache.enabled', t('true or false'), isBoolean, normal.cache.enabled),
    },
    bundlePath: field(root.bundlePath, 'bundlePath', t('a path'), (v) => typeof v === 'string', normal.bundlePath),
    provider: field<string>(
      root.provider,
      'provider',
      t('one of {0}', providers.join(', ')),
      oneOf<string>(providers),
      normal.provider,
    ),
  };
}

const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
const isSwitches = isMapOf(isBoolean);
const isNotes = isMapOf((entry): entry is string => typeof entry === 'string');

function isMapOf<T>(ok: (entry: unknown) => entry is T): (value: unknown) => value is Record<string, T> {
  return (value): value is Record<string, T> =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(ok);
}

function isPatterns(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

/** Why a document gets nothing, a sentence for the writer; `undefined` if it is on. */
export function offReason(settings: ForesaySettings, uri: string, languageId: string): string | undefined {
  const own = Object.hasOwn(settings.enable, languageId) ? settings.enable[languageId] : settings.enable['*'];
  if (own === false) return silence.switchedOff(languageId);
  if (isSourceLanguage(languageId) && !settings.comments.enable) return silence.comments();
  const patterns = settings.exclude.filter((pattern) => pattern !== '');
  const path = pathOf(uri);
  const pattern = patterns.find((glob) => matches(path, glob));
  return pattern === undefined ? undefined : silence.excluded(pattern);
}

/** A pattern without a slash at its start may begin anywhere in the path. */
function matches(path: string, glob: string): boolean {
  const anywhere = glob.startsWith('/') || glob.startsWith('**') ? glob : `**/${glob}`;
  return picomatch.isMatch(path, anywhere, { dot: true });
}

function pathOf(uri: string): string {
  try {
    return decodeURIComponent(new URL(uri).pathname);
  } catch {
    // Not a uri that can be taken apart: an untitled document of some client, matched as it stands.
    return uri;
  }
}

export interface SettingsSource {
  /** Asks the editor; resolves with nothing where it cannot be asked. */
  pull(uri: string | undefined): Promise<unknown>;
  /** Tells the writer about a wrong value. */
  warn(message: string): void;
  log(message: string): void;
  /** An answer came that was not waited for any longer: what depends on settings has to look at them again. */
  late(): void;
}

/** Milliseconds that an answer of the editor is waited for: every request waits with it. */
const patience = 2000;

/** What the editor was asked, and the settings that hold until something changes. */
interface Pulled {
  readonly answer: Promise<unknown>;
  readonly settings: Promise<ForesaySettings>;
}

export class SettingsStore {
  readonly #source: SettingsSource;
  readonly #pulled = new Map<string, Pulled>();
  /** What the client pushed last, or gave at initialization: used where it cannot be asked, or does not answer. */
  #pushed: unknown;
  /** Complaints already made: each once, until settings change. */
  readonly #said = new Set<string>();
  #silenceLogged = false;

  constructor(source: SettingsSource) {
    this.#source = source;
  }

  /** The settings that hold for a document, or for the whole session without one. Never rejects. */
  of(uri: string | undefined): Promise<ForesaySettings> {
    const key = uri ?? '';
    const known = this.#pulled.get(key);
    if (known) return known.settings;
    const answer = this.#source.pull(uri);
    const settings = this.#read(key, answer);
    this.#pulled.set(key, { answer, settings });
    return settings;
  }

  /** Settings changed: everything is asked anew. `pushed` is what the client sent along, if it did. */
  change(pushed: unknown): void {
    if (pushed !== undefined && pushed !== null) this.#pushed = pushed;
    this.#pulled.clear();
    this.#said.clear();
  }

  close(uri: string): void {
    this.#pulled.delete(uri);
  }

  async #read(key: string, answer: Promise<unknown>): Promise<ForesaySettings> {
    let raw: unknown;
    try {
      if (await endsWithin(answer, patience)) raw = await answer;
      else this.#goOnWithout(key, answer);
    } catch (error) {
      // A failed pull is not kept: the next request asks again.
      if (this.#pulled.get(key)?.answer === answer) this.#pulled.delete(key);
      this.#complain('foresay', t('could not be read: {0}', errorMessage(error)));
    }
    return this.#checked(raw);
  }

  /** An answer that comes late is taken all the same, if nothing has changed since it was asked for. */
  #goOnWithout(key: string, answer: Promise<unknown>): void {
    if (!this.#silenceLogged) {
      this.#source.log(`workspace/configuration: no answer for ${patience} ms; going on without, until it comes`);
    }
    this.#silenceLogged = true;
    answer.then(
      (raw) => {
        if (this.#pulled.get(key)?.answer !== answer) return;
        this.#pulled.set(key, { answer, settings: Promise.resolve(this.#checked(raw)) });
        this.#source.late();
      },
      // It changes nothing any more.
      () => {},
    );
  }

  #checked(raw: unknown): ForesaySettings {
    return checkedSettings(raw ?? this.#pushed, (field, problem) => this.#complain(field, problem));
  }

  #complain(field: string, problem: string): void {
    const message = t('{0}: {1}; the default is used.', field, problem);
    if (this.#said.has(message)) return;
    this.#said.add(message);
    this.#source.warn(message);
  }
}
