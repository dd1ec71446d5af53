/** Counts what becomes of suggestions, keeps the counts on disk, and tells them to who asks. */
import { t } from '../base/l10n.ts';
import type { StatisticsResult, SuggestionCounts } from '../protocol.ts';
import { Offers } from '../service/index.ts';
import type { StatisticsFile } from '../store/statisticsFile.ts';
import { asRecord } from './positions.ts';

/** Milliseconds after which what was counted is written down. */
const patience = 10_000;
/** Days that the message for the writer sums up. */
const daysTold = 30;

export class Statistics {
  readonly offers = new Offers((languageId, change) => this.#count(languageId, change));
  #file: StatisticsFile | undefined;
  #enabled = true;
  #waiting: ReturnType<typeof setTimeout> | undefined;

  /** Counts into this file from now on; `undefined` counts nothing. */
  keepIn(file: StatisticsFile | undefined): void {
    this.#file = file;
  }

  /** What the settings say; off deletes what there is. */
  async enable(enabled: boolean): Promise<void> {
    this.#enabled = enabled;
    if (!enabled) await this.clear();
  }

  async all(): Promise<StatisticsResult> {
    return { enabled: this.#enabled, days: (await this.#file?.read()) ?? {} };
  }

  async clear(): Promise<void> {
    this.#stopWaiting();
    await this.#file?.clear();
  }

  /** What `textDocument/didShowCompletion` tells. */
  shown(params: unknown): void {
    const { id } = itemOf(params);
    if (id !== undefined) this.offers.reportShown(id);
  }

  /** What `textDocument/didPartiallyAcceptCompletion` tells. */
  partlyAccepted(params: unknown): void {
    const { id, text } = itemOf(params);
    const { acceptedLength } = asRecord(params);
    if (id === undefined || text === undefined || !Number.isInteger(acceptedLength)) return;
    const length = Math.max(0, Math.min(acceptedLength as number, text.length));
    if (length > 0) this.offers.reportAccepted(id, text.length - length);
  }

  /** The last days in one sentence. */
  async summary(): Promise<string> {
    const { enabled, days } = await this.all();
    if (!enabled) return t('Suggestions are not counted (foresay.statistics.enabled).');
    const counts = Object.entries(days)
      .sort()
      .slice(-daysTold)
      .flatMap(([, languages]) => Object.values(languages));
    const sum = (name: keyof SuggestionCounts): number => counts.reduce((total, each) => total + each[name], 0);
    return t(
      'Foresay, last {0} days: {1} suggestions shown, {2} accepted whole, {3} in part, {4} dismissed; {5} characters accepted.',
      daysTold,
      sum('shown'),
      sum('whole'),
      sum('part'),
      sum('dismissed'),
      sum('characters'),
    );
  }

  /** Writes down what is not on disk yet. */
  async dispose(): Promise<void> {
    this.#stopWaiting();
    await this.#file?.save();
  }

  #count(languageId: string, change: Partial<SuggestionCounts>): void {
    if (!this.#enabled || !this.#file) return;
    this.#file.add(today(), languageId, change);
    this.#waiting ??= setTimeout(() => {
      this.#waiting = undefined;
      void this.#file?.save();
    }, patience);
  }

  #stopWaiting(): void {
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
  }
}

/** The id that an item's command carries, and the text it inserts. */
function itemOf(params: unknown): { readonly id: string | undefined; readonly text: string | undefined } {
  const { command, insertText } = asRecord(asRecord(params).item);
  const { arguments: given } = asRecord(command);
  const id: unknown = Array.isArray(given) ? given[0] : undefined;
  return {
    id: typeof id === 'string' ? id : undefined,
    text: typeof insertText === 'string' ? insertText : undefined,
  };
}

/** The date where this server runs: `2026-11-25`. */
function today(): string {
  const now = new Date();
  const twoDigits = (value: number): string => String(value).padStart(2, '0');
  return `${now.getFullYear()}-${twoDigits(now.getMonth() + 1)}-${twoDigits(now.getDate())}`;
}
