/** What the status item says, from the server's status and the document in front. */
import type { ServerState, StatusParams } from '../../server/src/protocol.ts';

/** The document in front. */
export interface FrontDocument {
  readonly uri: string;
  readonly languageId: string;
  /** False if the settings switch its language off. */
  readonly enabled: boolean;
}

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

const paused = '$(debug-pause)';

/** The texts of the status item; `document` is the one in front, if it is one of prose. */
export function describeStatus(
  status: StatusParams,
  document: FrontDocument | undefined,
  pausedUntil: Date | undefined,
): StatusText {
  const facts = factsOf(status);
  const off = document && status.state !== 'error' ? offReason(status, document) : undefined;
  if (off !== undefined) {
    return { label: `${icons.off} Foresay`, summary: `off: ${off}`, facts, severity: 'information' };
  }
  if (pausedUntil && status.state !== 'error' && status.state !== 'off') {
    const time = pausedUntil.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
    return { label: `${paused} Foresay`, summary: `no ghost text until ${time}`, facts, severity: 'information' };
  }
  const reason = status.message ? `: ${status.message}` : '';
  const severity = status.state === 'error' ? 'error' : status.state === 'off' ? 'warning' : 'information';
  return { label: `${icons[status.state]} Foresay`, summary: `${status.state}${reason}`, facts, severity };
}

/** Why this document gets nothing. The client reads the switch itself: it holds before the server has heard of it. */
function offReason(status: StatusParams, { uri, languageId, enabled }: FrontDocument): string | undefined {
  return enabled ? status.offDocuments?.[uri] : `switched off for ${languageId} in the settings`;
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
