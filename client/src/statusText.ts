/** What the status item says, from the server's status and the document in front. */
import { t } from '../../server/src/base/l10n.ts';
import type { ServerState, StatusParams } from '../../server/src/protocol.ts';

/** The document in front. */
export interface FrontDocument {
  readonly uri: string;
  readonly languageId: string;
  /** False if the settings switch its language off. */
  readonly enabled: boolean;
  /** Ghost text is left to GitHub Copilot in it. */
  readonly yields: boolean;
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
    return { label: `${icons.off} Foresay`, summary: t('off: {0}', off), facts, severity: 'information' };
  }
  if (pausedUntil && status.state !== 'error' && status.state !== 'off') {
    const time = pausedUntil.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
    return { label: `${paused} Foresay`, summary: t('no ghost text until {0}', time), facts, severity: 'information' };
  }
  if (document?.yields && status.state === 'ready') {
    const summary = t('ready; ghost text by itself is left to GitHub Copilot in {0}', document.languageId);
    return { label: `${icons.ready} Foresay`, summary, facts, severity: 'information' };
  }
  const state = stateName(status.state);
  const summary = status.message ? `${state}: ${status.message}` : state;
  const severity = status.state === 'error' ? 'error' : status.state === 'off' ? 'warning' : 'information';
  return { label: `${icons[status.state]} Foresay`, summary, facts, severity };
}

/** Why this document gets nothing. The client reads the switch itself: it holds before the server has heard of it. */
function offReason(status: StatusParams, { uri, languageId, enabled }: FrontDocument): string | undefined {
  return enabled ? status.offDocuments?.[uri] : t('switched off for {0} in the settings', languageId);
}

function stateName(state: ServerState): string {
  switch (state) {
    case 'starting':
      return t('starting');
    case 'ready':
      return t('ready');
    case 'working':
      return t('working');
    case 'off':
      return t('off');
    case 'error':
      return t('error');
  }
}

function factsOf(status: StatusParams): string[] {
  const facts: string[] = [];
  if (status.bundle) facts.push(t('Model bundle: {0}', status.bundle));
  if (status.provider)
    facts.push(t('Provider: {0}', status.device ? `${status.provider} (${status.device})` : status.provider));
  if (status.residentBytes) facts.push(t('Model memory: {0} MB', Math.round(status.residentBytes / 1e6)));
  if (status.lastLatencyMs !== undefined) facts.push(t('Last suggestion: {0} ms', Math.round(status.lastLatencyMs)));
  if (status.tooSlowForMs !== undefined)
    facts.push(t('One wording is tried first: two would take more than {0} ms here', status.tooSlowForMs));
  if (status.lastTransferBytes)
    facts.push(
      t('Moved to and from {0} for it: {1} kB', status.provider ?? '', Math.ceil(status.lastTransferBytes / 1e3)),
    );
  if (status.lastSilence) facts.push(t('Last time without a suggestion: {0}', status.lastSilence));
  return facts;
}
