/** What the status item says, from the server's status and the settings of the document in front. */
import type { ServerState, StatusParams } from '../../server/src/protocol.ts';

/** How the document in front stands: nothing open, not a prose language, switched off by the settings, or on. */
export type DocumentState = 'none' | 'unsupported' | 'disabled' | 'enabled';

export interface StatusText {
  /** Short, for the status bar, with its icon. */
  readonly label: string;
  /** One sentence: ready, working, or off and why. */
  readonly summary: string;
  /** One fact a line: bundle, provider, memory, latency. Markdown-free. */
  readonly facts: readonly string[];
  readonly severity: 'information' | 'warning' | 'error';
}

const icons: Readonly<Record<ServerState, string>> = {
  starting: '$(loading~spin)',
  ready: '$(pencil)',
  working: '$(loading~spin)',
  off: '$(circle-slash)',
  error: '$(error)',
};

/** The texts of the status item. `languageName` is what the writer would call the document's language. */
export function describeStatus(status: StatusParams, document: DocumentState, languageName: string): StatusText {
  const facts = factsOf(status);
  if (document === 'disabled' && status.state !== 'error') {
    const summary = `off: switched off for ${languageName} in the settings`;
    return { label: `${icons.off} Foresay`, summary, facts, severity: 'information' };
  }
  const reason = status.message ? `: ${status.message}` : '';
  const severity = status.state === 'error' ? 'error' : status.state === 'off' ? 'warning' : 'information';
  return { label: `${icons[status.state]} Foresay`, summary: `${status.state}${reason}`, facts, severity };
}

function factsOf(status: StatusParams): string[] {
  const facts: string[] = [];
  if (status.bundle) facts.push(`Model bundle: ${status.bundle}`);
  if (status.provider) facts.push(`Provider: ${status.provider}${status.device ? ` (${status.device})` : ''}`);
  if (status.residentBytes) facts.push(`Model memory: ${Math.round(status.residentBytes / 1e6)} MB`);
  if (status.lastLatencyMs !== undefined) facts.push(`Last suggestion: ${Math.round(status.lastLatencyMs)} ms`);
  if (status.lastSilence) facts.push(`Last time without a suggestion: ${status.lastSilence}`);
  return facts;
}
