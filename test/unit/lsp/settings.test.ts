import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
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
      comments: { enable: true },
      suggest: {
        trigger: 'manual',
        candidates: 8,
        guidanceScale: 1.5,
        steps: 25,
        seed: 7,
        minScore: 0,
        paragraphSentences: 5,
        prefetch: false,
        yieldToCopilot: false,
      },
      summary: { sentences: 5, method: 'lcm', staleLens: false },
      hover: { show: ['flow', 'nearest'], neighbors: 5 },
      diagnostics: {
        repeats: 'information',
        drift: 'hint',
        jump: 'off',
        topic: 'hint',
        ignore: { 'repeats 1a2b3c': 'The harbor wall is old' },
      },
      statistics: { enabled: false },
      cache: { enabled: false },
      bundlePath: '/models/mine',
      search: { workspace: true },
      provenance: { mark: true },
      provider: 'webgpu',
    };
    expect(checked(raw)).toEqual({ settings: raw, complaints: [] });
  });

  test.each([
    ['foresay.enable', { enable: { latex: 'no' } }],
    ['foresay.exclude', { exclude: 'drafts' }],
    ['foresay.comments.enable', { comments: { enable: 'yes' } }],
    ['foresay.suggest.trigger', { suggest: { trigger: 'sometimes' } }],
    ['foresay.suggest.candidates', { suggest: { candidates: 9 } }],
    ['foresay.suggest.candidates', { suggest: { candidates: 2.5 } }],
    ['foresay.suggest.guidanceScale', { suggest: { guidanceScale: Number.NaN } }],
    ['foresay.suggest.steps', { suggest: { steps: 30 } }],
    ['foresay.suggest.seed', { suggest: { seed: -1 } }],
    ['foresay.suggest.minScore', { suggest: { minScore: 2 } }],
    ['foresay.suggest.prefetch', { suggest: { prefetch: 'yes' } }],
    ['foresay.provenance.mark', { provenance: { mark: 'yes' } }],
    ['foresay.suggest.paragraphSentences', { suggest: { paragraphSentences: 11 } }],
    ['foresay.summary.sentences', { summary: { sentences: 0 } }],
    ['foresay.summary.method', { summary: { method: 'magic' } }],
    ['foresay.diagnostics.repeats', { diagnostics: { repeats: 'loud' } }],
    ['foresay.suggest.yieldToCopilot', { suggest: { yieldToCopilot: 1 } }],
    ['foresay.statistics.enabled', { statistics: { enabled: 'no' } }],
    ['foresay.cache.enabled', { cache: { enabled: 'no' } }],
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
    [on, 'file:///w/a.ts', 'typescript', /foresay\.comments\.enable/],
    [{ ...on, comments: { enable: true } }, 'file:///w/a.ts', 'typescript', undefined],
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
  const quiet = { warn() {}, log() {}, late() {} };

  test('asks once for each document until something changes', async () => {
    const asked: (string | undefined)[] = [];
    const store = new SettingsStore({
      pull: async (uri) => {
        asked.push(uri);
        return {};
      },
      ...quiet,
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
    const store = new SettingsStore({ ...quiet, pull: async () => ({ provider: 'x' }), warn: (m) => said.push(m) });
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
      ...quiet,
    });
    store.change({ suggest: { seed: 5 } });
    expect((await store.of('a')).suggest.seed).toBe(5);
    broken = false;
    store.change({ suggest: { seed: 6 } });
    expect((await store.of('a')).suggest.seed).toBe(6);
  });

  describe('with an editor that takes its time', () => {
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    function setUp() {
      const told: string[] = [];
      const answers: { resolve(raw: unknown): void; reject(error: Error): void }[] = [];
      const store = new SettingsStore({
        pull: () => new Promise((resolve, reject) => answers.push({ resolve, reject })),
        warn: (message) => told.push(message),
        log: (message) => told.push(message),
        late: () => told.push('late'),
      });
      store.change({ suggest: { seed: 1 } });
      return { store, answers, told };
    }
    const seed = async (settings: Promise<{ readonly suggest: { readonly seed: number } }>) =>
      (await settings).suggest.seed;
    const settled = () => new Promise((resolve) => setImmediate(resolve));

    test('an answer in time leaves no timer and no word', async () => {
      const { store, answers, told } = setUp();
      const asked = store.of('a');
      answers[0]?.resolve({ suggest: { seed: 2 } });
      expect(await seed(asked)).toBe(2);
      expect([vi.getTimerCount(), told]).toEqual([0, []]);
    });

    test('a late one holds from then on, and is told', async () => {
      const { store, answers, told } = setUp();
      const asked = store.of('a');
      vi.advanceTimersByTime(2000);
      expect(await seed(asked)).toBe(1);
      expect(await seed(store.of('a'))).toBe(1);
      answers[0]?.resolve({ suggest: { seed: 2 } });
      await settled();
      expect(await seed(store.of('a'))).toBe(2);
      expect(told).toEqual([expect.stringMatching(/^workspace\/configuration: no answer/), 'late']);
    });

    test('a late one is dropped when settings changed meanwhile, or the document was closed', async () => {
      const { store, answers, told } = setUp();
      for (const uri of ['a', 'b']) store.of(uri);
      vi.advanceTimersByTime(2000);
      await settled();
      store.close('a');
      answers[0]?.resolve({ suggest: { seed: 2 } });
      store.change({ suggest: { seed: 3 } });
      const asked = store.of('b');
      answers[1]?.resolve({ suggest: { seed: 2 } });
      answers[2]?.resolve(undefined);
      expect(await seed(asked)).toBe(3);
      expect(told).not.toContain('late');
    });

    test('a late failure changes nothing', async () => {
      const { store, answers, told } = setUp();
      const asked = store.of('a');
      vi.advanceTimersByTime(2000);
      await asked;
      answers[0]?.reject(new Error('no'));
      await settled();
      expect(await seed(store.of('a'))).toBe(1);
      expect(told.length).toBe(1);
    });
  });
});
