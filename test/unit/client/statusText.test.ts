/** What the status item says. */
import { expect, test } from 'vitest';
import { describeStatus } from '../../../client/src/statusText.ts';
import type { StatusParams } from '../../../server/src/protocol.ts';

const ready: StatusParams = {
  state: 'ready',
  message: '',
  bundle: 'first 0.1.0',
  provider: 'cpu',
  device: '2 threads',
  residentBytes: 151_400_000,
  lastLatencyMs: 412.4,
  lastSilence: 'nothing above the threshold',
};

test('ready: every fact, each on a line', () => {
  expect(describeStatus(ready, 'enabled', 'markdown')).toEqual({
    label: '$(pencil) Foresay',
    summary: 'ready',
    facts: [
      'Model bundle: first 0.1.0',
      'Provider: cpu (2 threads)',
      'Model memory: 151 MB',
      'Last suggestion: 412 ms',
      'Last time without a suggestion: nothing above the threshold',
    ],
    severity: 'information',
  });
});

test.each([
  [{ state: 'working', message: 'reading the document' }, 'enabled', 'working: reading the document', 'information'],
  [{ state: 'off', message: 'no model bundle' }, 'enabled', 'off: no model bundle', 'warning'],
  [{ state: 'error', message: 'the host has died' }, 'disabled', 'error: the host has died', 'error'],
  [{ state: 'ready', message: '' }, 'disabled', 'off: switched off for markdown in the settings', 'information'],
] as const)('%j in a document that is %s: %s', (status, document, summary, severity) => {
  expect(describeStatus(status, document, 'markdown')).toMatchObject({ summary, severity });
});
