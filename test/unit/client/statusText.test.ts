/** What the status item says. */
import { expect, test } from 'vitest';
import { describeStatus, type FrontDocument } from '../../../client/src/statusText.ts';
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

const garden: FrontDocument = { uri: 'file:///w/garden.md', languageId: 'markdown', enabled: true, yields: false };
const disabled = { ...garden, enabled: false };

test('ready: every fact, each on a line', () => {
  expect(describeStatus(ready, garden, undefined)).toEqual({
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

test('on an accelerator: what crossed for the last suggestion', () => {
  const { facts } = describeStatus({ ...ready, provider: 'webgpu', lastTransferBytes: 48_100 }, garden, undefined);
  expect(facts).toContain('Moved to and from webgpu for it: 49 kB');
});

test('on a slow machine: that fewer wordings are tried', () => {
  const { facts } = describeStatus({ ...ready, tooSlowForMs: 300 }, garden, undefined);
  expect(facts).toContain('One wording is tried first: two would take more than 300 ms here');
});

const off = { [garden.uri]: 'This file is excluded by *.md (foresay.exclude).' };
test.each([
  [{ state: 'working', message: 'reading the document' }, garden, 'working: reading the document', 'information'],
  [{ state: 'off', message: 'nothing is on' }, garden, 'off: nothing is on', 'warning'],
  [{ state: 'error', message: 'the host has died' }, disabled, 'error: the host has died', 'error'],
  [{ state: 'ready', message: '' }, disabled, 'off: switched off for markdown in the settings', 'information'],
  [{ state: 'ready', message: '', offDocuments: off }, garden, `off: ${off[garden.uri]}`, 'information'],
  [{ state: 'ready', message: '', offDocuments: off }, { ...garden, uri: 'file:///w/b.md' }, 'ready', 'information'],
  [{ state: 'error', message: 'dead', offDocuments: off }, garden, 'error: dead', 'error'],
  [{ state: 'ready', message: '', offDocuments: off }, undefined, 'ready', 'information'],
] as const)('%j with %j in front: %s', (status, document, summary, severity) => {
  expect(describeStatus(status, document, undefined)).toMatchObject({ summary, severity });
});

test('a pause is told with its end, unless there is worse to tell', () => {
  const until = new Date(2026, 0, 1, 14, 30);
  expect(describeStatus(ready, garden, until)).toMatchObject({
    label: '$(debug-pause) Foresay',
    summary: expect.stringMatching(/^no ghost text until .*30/),
  });
  expect(describeStatus({ state: 'error', message: 'dead' }, garden, until).summary).toBe('error: dead');
  expect(describeStatus(ready, disabled, until).summary).toMatch(/^off/);
});

test('left to Copilot: said of the document in front, once all is well', () => {
  const left = { ...garden, yields: true };
  const said = (state: StatusParams['state']) => describeStatus({ state, message: '' }, left, undefined).summary;
  expect(said('ready')).toBe('ready; ghost text by itself is left to GitHub Copilot in markdown');
  expect(said('starting')).toBe('starting');
  expect(describeStatus(ready, { ...left, enabled: false }, undefined).summary).toMatch(/^off/);
});
