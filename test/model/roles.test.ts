/** Roles in the server's engine: the small bundle of test/fixtures/sonar with shifts, against what Python answers. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { neverCancelled } from '../../server/src/base/cancellation.ts';
import { type ConceptRole, followingRoles } from '../../server/src/concepts/contextConcept.ts';
import type { ConceptEngine, ContextConcept } from '../../server/src/concepts/engine.ts';
import { createLocalEngine } from '../../server/src/inference/localEngine.ts';
import { expectNear } from '../support/nearVectors.ts';

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url));
const golden: {
  readonly shifts: Readonly<Record<ConceptRole, number[]>>;
  readonly concepts: number[][];
  readonly roles: (ConceptRole | null)[];
  readonly following: number[][];
  readonly expected: number[][];
  readonly predicted: number[][];
  readonly between: number[][];
  readonly summaries: { readonly wantedLength: number; readonly plans: number[][] }[];
} = read(join(fixtures, 'golden/roles.json'));

const vectors = golden.concepts.map((concept) => Float32Array.from(concept));
const sequence = vectors.map((vector, i): ContextConcept => {
  const role = golden.roles[i];
  return role ? { vector, role } : { vector };
});
const following = followingRoles.map(
  (role, i): ContextConcept => ({ vector: Float32Array.from(golden.following[i] as number[]), role }),
);

let directory: string;
let engine: ConceptEngine;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'foresay-roles-'));
  cpSync(join(fixtures, 'sonar'), directory, { recursive: true });
  const manifest = read(join(directory, 'manifest.json'));
  manifest.lcm.roles = golden.shifts;
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify(manifest));
  engine = createLocalEngine({ bundlePath: directory, provider: 'auto' });
});
afterAll(async () => {
  await engine.dispose();
  rmSync(directory, { recursive: true, force: true });
});

test('the bundle says that it knows roles', async () => {
  expect((await engine.ready()).hasRoles).toBe(true);
});

test('what is expected in a sequence with roles is what Python expects', async () => {
  expectNear(await engine.expected(sequence, neverCancelled), golden.expected);
});

test('plans are Python’s, with and without what follows, in any order of the asking', async () => {
  const plans = (context: readonly ContextConcept[]) =>
    engine.predictNext({ context, count: 2, seed: 1 }, neverCancelled);
  expectNear(await plans(sequence), golden.predicted);
  expectNear(await plans([...sequence, ...following]), golden.between);
  expectNear(await plans(sequence), golden.predicted);
});

test.each(golden.summaries)('a summary of $wantedLength is planned as Python plans it', async (summary) => {
  const { wantedLength, plans } = summary;
  const request = { source: vectors, maxLength: 3, wantedLength, seed: 1 };
  expectNear(await engine.planSummary(request, neverCancelled), plans);
});
