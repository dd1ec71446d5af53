import { describe, expect, test } from 'vitest';
import { checkedSettings, defaultSettings, offReason, SettingsStore } from '../../../server/src/lsp/settings.ts';

function checked(raw: unknown) {
  const complaints: string[] = [];
  const settings = checkedSettings(raw, (field) => complaints.push(field));
  return { settings, complaints };
}

describe('checkedSettings', () => {
  test.each([undefined, null, 3, 'x', [], {}])('%j gives the defaults, silently', (raw) => {
    expect(checked(raw)).toEqual({ settings: defaultSettings, complaints: [] });
  });

  test('takes what is right', () => {
    const raw = {
      enable: { '*': false, markdown: true },
      exclude: ['drafts/**'],
      suggest: { trigger: 'manual', candidates: 8, guidanceScale: 1.5, steps: 25, seed: 7, minScore: 0 },
      summary: { sentences: 5, method: 'lcm' },
      bundlePath: '/models/mine',
      provider: 'webgpu',
    };
    expect(checked(raw)).toEqual({ settings: raw, complaints: [] });
  });

  test.each([
    ['foresay.enable', { enable: { latex: 'no' } }],
    ['foresay.exclude', { exclude: 'drafts' }],
    ['foresay.suggest.trigger', { suggest: { trigger: 'sometimes' } }],
    ['foresay.suggest.candidates', { suggest: { candidates: 9 } }],
    ['foresay.suggest.candidates', { suggest: { candidates: 2.5 } }],
    ['foresay.suggest.guidanceScale', { suggest: { guidanceScale: Number.NaN } }],
    ['foresay.suggest.steps', { suggest: { steps: 30 } }],
    ['foresay.suggest.seed', { suggest: { seed: -1 } }],
    ['foresay.suggest.minScore', { suggest: { minScore: 2 } }],
    ['foresay.summary.sentences', { summary: { sentences: 0 } }],
    ['foresay.summary.method', { summary: { method: 'magic' } }],
    ['foresay.bundlePath', { bundlePath: 3 }],
    ['foresay.provider', { provider: 'quantum' }],
  ])('a wrong %s is named and its default used', (field, raw) => {
    expect(checked(raw)).toEqual({ settings: defaultSettings, complaints: [field] });
  });
});

describe('offReason', () => {
  const on = defaultSettings;
  test.each([
    [on, 'file:///w/a.md', 'markdown', undefined],
    [{ ...on, enable: { '*': true, latex: false } }, 'file:///w/a.tex', 'latex', /latex/],
    [{ ...on, enable: { '*': false, latex: true } }, 'file:///w/a.tex', 'latex', undefined],
    [{ ...on, enable: { '*': false } }, 'file:///w/a.md', 'markdown', /markdown/],
    [{ ...on, enable: {} }, 'file:///w/a.md', 'toString', undefined],
    [{ ...on, exclude: ['drafts/**'] }, 'file:///w/drafts/a.md', 'markdown', /drafts/],
    [{ ...on, exclude: ['**/*.txt'] }, 'file:///w/a%20b.txt', 'plaintext', /txt/],
    [{ ...on, exclude: ['*.txt'] }, 'file:///w/sub/b.txt', 'plaintext', /txt/],
    [{ ...on, exclude: ['', '[', 'other/**'] }, 'file:///w/a.md', 'markdown', undefined],
    [{ ...on, exclude: ['*.md'] }, 'not a uri', 'markdown', undefined],
  ])('%#', (settings, uri, languageId, expected) => {
    const reason = offReason(settings, uri, languageId);
    if (expected === undefined) expect(reason).toBeUndefined();
    else expect(reason).toMatch(expected);
  });
});

describe('SettingsStore', () => {
  test('asks once for each document until something changes', async () => {
    const asked: (string | undefined)[] = [];
    const store = new SettingsStore({
      pull: async (uri) => {
        asked.push(uri);
        return {};
      },
      warn() {},
    });
    await store.of('a');
    await store.of('a');
    await store.of(undefined);
    store.close('a');
    await store.of('a');
    store.change(undefined);
    await store.of('a');
    expect(asked).toEqual(['a', undefined, 'a', 'a']);
  });

  test('says one wrong value once, though every document has it', async () => {
    const said: string[] = [];
    const store = new SettingsStore({ pull: async () => ({ provider: 'x' }), warn: (m) => said.push(m) });
    await Promise.all([store.of('a'), store.of('b')]);
    expect(said).toEqual([
      'foresay.provider: expected one of auto, cpu, webgpu, cuda, dml, coreml, found "x"; the default is used.',
    ]);
  });

  test('takes what was pushed when the editor cannot be asked, and does not keep a failed pull', async () => {
    let broken = true;
    const store = new SettingsStore({
      pull: async () => {
        if (broken) throw new Error('no');
        return undefined;
      },
      warn() {},
    });
    store.change({ suggest: { seed: 5 } });
    expect((await store.of('a')).suggest.seed).toBe(5);
    broken = false;
    store.change({ suggest: { seed: 6 } });
    expect((await store.of('a')).suggest.seed).toBe(6);
  });
});
