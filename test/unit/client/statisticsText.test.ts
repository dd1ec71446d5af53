/** The page with the counts of suggestions. */
import { expect, test } from 'vitest';
import { statisticsPage } from '../../../client/src/statisticsText.ts';
import type { SuggestionStatistics } from '../../../server/src/protocol.ts';

const days: SuggestionStatistics = {
  '2026-11-24': { markdown: { shown: 10, whole: 2, part: 1, dismissed: 7, characters: 150 } },
  '2026-11-25': {
    markdown: { shown: 10, whole: 1, part: 0, dismissed: 8, characters: 60 },
    latex: { shown: 0, whole: 0, part: 0, dismissed: 0, characters: 0 },
  },
};

test('sums by language and by day, newest first, in columns of one width', () => {
  const page = statisticsPage({ enabled: true, days });
  const tables = page.split(/^## .*$/m).slice(1);
  const rows = tables.map((table) => table.trim().split('\n'));
  expect(rows[0]).toEqual([
    '| language | shown | accepted whole | in part | dismissed | characters accepted |',
    '|----------|------:|---------------:|--------:|----------:|--------------------:|',
    '| latex    |     0 |              0 |       0 |         0 |                   0 |',
    '| markdown |    20 |       3 (15 %) | 1 (5 %) | 15 (75 %) |                 210 |',
    '| all      |    20 |       3 (15 %) | 1 (5 %) | 15 (75 %) |                 210 |',
  ]);
  expect(rows[1]?.map((row) => row.split('|')[1]?.trim())).toEqual(['day', '------------', '2026-11-25', '2026-11-24']);
  expect(page).toContain('Since 2026-11-24');
});

test('of many days the last thirty are listed, and all are summed', () => {
  const counts = { shown: 1, whole: 1, part: 0, dismissed: 0, characters: 9 };
  const many = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [
      new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10),
      { tex: counts },
    ]),
  );
  const page = statisticsPage({ enabled: true, days: many });
  expect(page.match(/^\| 2026-/gm)).toHaveLength(30);
  expect(page).toMatch(/\| all +\| +40 \|/);
});

test('nothing counted yet, or never', () => {
  expect(statisticsPage({ enabled: true, days: {} })).toContain('None has been shown yet.');
  expect(statisticsPage({ enabled: false, days })).toContain('foresay.statistics.enabled');
});
