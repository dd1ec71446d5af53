import { describe, expect, test } from 'vitest';
import { CancellationError, neverCancelled } from '../../../server/src/base/cancellation.ts';
import { CancellationSource, raceCancellation } from '../../../server/src/base/cancellationSource.ts';

describe('CancellationSource', () => {
  test('tells listeners once, and late ones at once', () => {
    const source = new CancellationSource();
    const heard: string[] = [];
    source.token.onCancellationRequested(() => heard.push('early'));
    source.token.onCancellationRequested(() => heard.push('gone')).dispose();
    source.cancel();
    source.cancel();
    source.token.onCancellationRequested(() => heard.push('late'));
    expect(heard).toEqual(['early', 'late']);
    expect(source.token.isCancellationRequested).toBe(true);
  });

  test('follows its parents, also one that was cancelled before', () => {
    const parent = new CancellationSource();
    const child = new CancellationSource(neverCancelled, parent.token);
    expect(child.token.isCancellationRequested).toBe(false);
    parent.cancel();
    expect(child.token.isCancellationRequested).toBe(true);
    expect(new CancellationSource(parent.token).token.isCancellationRequested).toBe(true);
  });

  test('a disposed child no longer follows', () => {
    const parent = new CancellationSource();
    const child = new CancellationSource(parent.token);
    child.dispose();
    parent.cancel();
    expect(child.token.isCancellationRequested).toBe(false);
  });
});

describe('raceCancellation', () => {
  test('gives the outcome when nothing is cancelled', async () => {
    await expect(raceCancellation(Promise.resolve(1), neverCancelled)).resolves.toBe(1);
    await expect(raceCancellation(Promise.reject(new Error('x')), neverCancelled)).rejects.toThrow('x');
  });

  test('rejects at a cancel while the work goes on, before and after the call', async () => {
    const source = new CancellationSource();
    const race = raceCancellation(new Promise(() => {}), source.token);
    source.cancel();
    await expect(race).rejects.toBeInstanceOf(CancellationError);
    await expect(raceCancellation(Promise.resolve(1), source.token)).rejects.toBeInstanceOf(CancellationError);
  });
});
