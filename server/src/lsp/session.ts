/** What every handler needs: the connection's other side, the documents, the service, and what the client can do. */
import type { ClientCapabilities, Connection } from 'vscode-languageserver';
import type { ForesaySettings } from '../protocol.ts';
import { type ConceptService, type SuggestOptions, unsteered } from '../service/index.ts';
import type { Documents, OpenDocument } from './documents.ts';
import type { Guard } from './runRequest.ts';
import { offReason, type SettingsStore } from './settings.ts';
import type { Statistics } from './statistics.ts';
import type { StatusReporter } from './status.ts';

export interface Session {
  readonly connection: Connection;
  readonly documents: Documents;
  readonly settings: SettingsStore;
  readonly service: ConceptService;
  readonly status: StatusReporter;
  readonly statistics: Statistics;
  readonly guard: Guard;
  readonly client: ClientCapabilities;
  /** The client can add to the list of what is ignored in the workspace. */
  readonly ignoresInWorkspace: boolean;
  /** URL of the folder with a page for each diagnostic, a slash at its end. */
  readonly pages: string;
  /** What the client calls itself; '' if it does not. */
  readonly clientName: string;
  readonly clock: () => number;
}

/** Whether the document gets nothing, by its settings as they are now. */
export async function isOff(
  { settings }: Pick<Session, 'settings'>,
  { uri, snapshot }: Pick<OpenDocument, 'uri' | 'snapshot'>,
): Promise<boolean> {
  return offReason(await settings.of(uri), uri, snapshot.languageId) !== undefined;
}

/** How suggestions are sampled under these settings: all the candidates, wherever the text goes. */
export function suggestOptions(settings: ForesaySettings, candidates: number): SuggestOptions {
  const { guidanceScale, steps, seed, minScore } = settings.suggest;
  return {
    candidates,
    least: candidates,
    seed,
    sampler: { ...(guidanceScale !== null && { guidanceScale }), ...(steps !== null && { steps }) },
    minScore,
    steering: unsteered,
  };
}
