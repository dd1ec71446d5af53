/** The manifest: a bundle's contents list, its schema, and errors that name field, expected and found. */
import { z } from 'zod';
import { type ConceptRole, conceptRoles } from '../concepts/contextConcept.ts';
import { cosineAlphasCumprod } from '../lcm/noiseSchedule.ts';

/** A bundle that cannot be used; the message names the file or field, what was expected and what was found. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
}

/** File name of the manifest inside a bundle directory. */
export const manifestFile = 'manifest.json';
/** The bundle format this program reads. */
export const formatVersion = 1;

// Each leaf schema carries its expectation as its error text: `describeIssue` puts field and finding before it.
const text = z.string('a string');
const filePath = z.string('a file name').min(1, 'a file name');
const fraction = z.number('a number from 0 to 1').min(0, 'a number from 0 to 1').max(1, 'a number from 0 to 1');
const cosineValue = z.number('a number from -1 to 1').min(-1, 'a number from -1 to 1').max(1, 'a number from -1 to 1');
const notNegative = z.number('a number >= 0').min(0, 'a number >= 0');
const positive = z.number('a number > 0').gt(0, 'a number > 0');
const numbers = z.array(z.number('a number'), 'a list of numbers');
const integer = (least: number) => z.int(`an integer >= ${least}`).min(least, `an integer >= ${least}`);
const exactly = <const T extends string | number>(value: T) => z.literal(value, JSON.stringify(value));
const oneOf = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z.enum(values, `one of ${values.map((value) => JSON.stringify(value)).join(', ')}`);
const fields = <T extends z.ZodRawShape>(shape: T) =>
  z.strictObject(shape, { error: (issue) => (issue.code === 'invalid_type' ? 'an object' : undefined) });

const encoderSchema = fields({
  graph: filePath,
  /** What runs in the graph's stead where the provider is not the processor; the graph itself unless said. */
  acceleratorGraph: filePath.optional(),
  /** Where the graphs keep their weights, if not in themselves. */
  weights: filePath.optional(),
  tokenizer: filePath,
  tokenizerConfig: filePath,
  pooling: oneOf('mean'),
  /** False where the length of its vectors says something, which the LCM and the decoder then get; else true. */
  unitLength: z.boolean('true or false').optional(),
  /** Put before each sentence. */
  prefix: text,
  maxTokens: integer(3),
});

/** What a concept's role in the sequence adds to it, once it is normalized. */
const rolesSchema = fields(
  Object.fromEntries(conceptRoles.map((role) => [role, numbers])) as Record<ConceptRole, typeof numbers>,
);

const lcmSchema = fields({
  architecture: oneOf('two-tower', 'one-tower', 'base', 'quant-c', 'quant-d'),
  contextualizer: filePath,
  sampler: filePath,
  expectation: filePath,
  modelDim: integer(1),
  contextLength: integer(4),
  contextLayers: integer(1),
  contextHeads: integer(1),
  denoiserLayers: integer(1),
  denoiserHeads: integer(1),
  headDim: integer(1),
  trainSteps: integer(2),
  noiseSchedule: oneOf('squaredcos_cap_v2', 'linear', 'scaled_linear', 'sigmoid'),
  alphasCumprod: z.array(fraction, 'a list of numbers'),
  /** What the denoiser says; its graph makes the clean concept of it, so whoever runs it need not care. */
  predictionType: oneOf('sample', 'epsilon', 'v_prediction'),
  defaults: fields({
    steps: integer(1),
    guidanceScale: notNegative,
    guidanceRescale: fraction,
    initialNoiseScale: notNegative,
    eta: fraction,
  }),
  summary: fields({ separator: numbers, stop: numbers, stopThreshold: cosineValue }),
  /** Missing of an LCM that was trained on sentences alone: nothing else is then put into its contexts. */
  roles: rolesSchema.optional(),
});

const decoderSchema = fields({
  graph: filePath,
  planHead: filePath,
  tokenizer: filePath,
  tokenizerConfig: filePath,
  layers: integer(1),
  kvHeads: integer(1),
  headDim: integer(1),
  hiddenDim: integer(1),
  /** Numbers of a plan's state, which each step hears; `hiddenDim` unless said. */
  stateDim: integer(1).optional(),
  vocabularySize: integer(1),
  prefixLength: integer(1),
  contextTokens: integer(0),
  /** Stands before the text that is read; null where none is, and a sentence begins with its prefix. */
  startToken: integer(0).nullable(),
  endToken: integer(0),
  topCount: integer(1),
});

const manifestSchema = fields({
  format: exactly('foresay-bundle'),
  formatVersion: exactly(formatVersion),
  name: text,
  version: text,
  languages: z.array(text, 'a list of language tags').min(1, 'at least one language tag'),
  conceptDim: integer(1),
  encoder: encoderSchema,
  normalizer: fields({ center: numbers, scale: z.array(positive, 'a list of numbers > 0') }),
  lcm: lcmSchema,
  decoder: decoderSchema,
  ranking: fields({ minScore: cosineValue }),
  summary: fields({ default: oneOf('lcm', 'extractive') }),
  files: z.array(
    fields({
      path: filePath,
      bytes: integer(0),
      sha256: z.string('64 lower-case hex digits').regex(/^[0-9a-f]{64}$/, '64 lower-case hex digits'),
    }),
    'a list of files',
  ),
  licenses: z.array(fields({ what: text, license: text, source: text }), 'a list of licenses'),
  data: text,
  metrics: z.record(z.string(), z.json(), 'an object'),
});

export type Manifest = z.output<typeof manifestSchema>;

/** The manifest's JSON Schema, as committed in `models/bundle.schema.json`. */
export function manifestJsonSchema(): unknown {
  return { title: 'Foresay model bundle manifest', ...z.toJSONSchema(manifestSchema, { io: 'input' }) };
}

/** Checks a manifest's text. Throws BundleError with every wrong field, the first eight of them in words. */
export function parseManifest(source: string): Manifest {
  let input: unknown;
  try {
    input = JSON.parse(source);
  } catch (error) {
    throw new BundleError(`${manifestFile}: not JSON (${error instanceof Error ? error.message : String(error)})`);
  }
  checkFormat(input);
  const parsed = manifestSchema.safeParse(input);
  if (!parsed.success) throw manifestError(parsed.error.issues.flatMap((issue) => describeIssue(issue, input)));
  const problems = crossCheck(parsed.data);
  if (problems.length > 0) throw manifestError(problems);
  return parsed.data;
}

/** Files that the manifest's fields name, with the field that names them. */
export function namedFiles(manifest: Manifest): { readonly field: string; readonly path: string }[] {
  const { encoder, lcm, decoder } = manifest;
  const { acceleratorGraph, weights } = encoder;
  return [
    { field: 'encoder.graph', path: encoder.graph },
    ...(acceleratorGraph ? [{ field: 'encoder.acceleratorGraph', path: acceleratorGraph }] : []),
    ...(weights ? [{ field: 'encoder.weights', path: weights }] : []),
    { field: 'encoder.tokenizer', path: encoder.tokenizer },
    { field: 'encoder.tokenizerConfig', path: encoder.tokenizerConfig },
    { field: 'lcm.contextualizer', path: lcm.contextualizer },
    { field: 'lcm.sampler', path: lcm.sampler },
    { field: 'lcm.expectation', path: lcm.expectation },
    { field: 'decoder.graph', path: decoder.graph },
    { field: 'decoder.planHead', path: decoder.planHead },
    { field: 'decoder.tokenizer', path: decoder.tokenizer },
    { field: 'decoder.tokenizerConfig', path: decoder.tokenizerConfig },
  ];
}

/** Another format or version would fail in every field: only this is said. */
function checkFormat(input: unknown): void {
  for (const [field, expected] of [
    ['format', 'foresay-bundle'],
    ['formatVersion', formatVersion],
  ] as const) {
    const found = valueAt(input, [field]);
    if (found === expected) continue;
    const hint = typeof found === 'number' && found > formatVersion ? ' (made for a newer Foresay)' : '';
    throw manifestError([`${field} ${is(found)}, expected ${JSON.stringify(expected)}${hint}`]);
  }
}

/** What one field's schema cannot see: lengths and numbers that depend on another field. */
function crossCheck(manifest: Manifest): string[] {
  const { conceptDim, normalizer, lcm, decoder, files } = manifest;
  const problems: string[] = [];
  const expect = (holds: boolean, problem: string) => {
    if (!holds) problems.push(problem);
  };
  const lists = [
    ['normalizer.center', normalizer.center, conceptDim, 'conceptDim'],
    ['normalizer.scale', normalizer.scale, conceptDim, 'conceptDim'],
    ['lcm.summary.separator', lcm.summary.separator, conceptDim, 'conceptDim'],
    ['lcm.summary.stop', lcm.summary.stop, conceptDim, 'conceptDim'],
    ['lcm.alphasCumprod', lcm.alphasCumprod, lcm.trainSteps, 'lcm.trainSteps'],
    ...Object.entries(lcm.roles ?? {}).map(
      ([role, shift]) => [`lcm.roles.${role}`, shift, conceptDim, 'conceptDim'] as const,
    ),
  ] as const;
  for (const [field, list, length, by] of lists) {
    expect(list.length === length, `${field} has ${list.length} numbers, expected ${length} (${by})`);
  }
  const { steps } = lcm.defaults;
  expect(
    lcm.trainSteps % steps === 0,
    `lcm.defaults.steps is ${steps}, expected a divisor of ${lcm.trainSteps} (lcm.trainSteps)`,
  );
  const rising = lcm.alphasCumprod.findIndex((alpha, i) => i > 0 && alpha >= (lcm.alphasCumprod[i - 1] as number));
  expect(rising < 0, `lcm.alphasCumprod[${rising}] is not less than the number before it`);
  // Only of as many steps as the list really has: the number alone may be anything. The others depend on what is not told.
  if (lcm.noiseSchedule === 'squaredcos_cap_v2' && lcm.alphasCumprod.length === lcm.trainSteps) {
    const schedule = cosineAlphasCumprod(lcm.trainSteps);
    const off = lcm.alphasCumprod.findIndex((alpha, i) => Math.abs(alpha - (schedule[i] as number)) > 1e-6);
    expect(
      off < 0,
      `lcm.alphasCumprod[${off}] is ${lcm.alphasCumprod[off]}, expected ${schedule[off]} (${lcm.noiseSchedule})`,
    );
  }
  const { startToken, endToken, topCount, vocabularySize } = decoder;
  for (const [field, id] of Object.entries({ startToken, endToken })) {
    expect(
      id === null || id < vocabularySize,
      `decoder.${field} is ${id}, expected less than ${vocabularySize} (decoder.vocabularySize)`,
    );
  }
  expect(
    topCount <= vocabularySize,
    `decoder.topCount is ${topCount}, expected at most ${vocabularySize} (decoder.vocabularySize)`,
  );
  const seen = new Set<string>();
  for (const { path } of files) {
    expect(!seen.has(path), `files names ${JSON.stringify(path)} twice`);
    seen.add(path);
  }
  for (const { field, path } of namedFiles(manifest)) {
    expect(seen.has(path), `${field} is ${JSON.stringify(path)}, which files does not list`);
  }
  return problems;
}

function manifestError(problems: readonly string[]): BundleError {
  const shown = problems.slice(0, 8);
  const rest = problems.length - shown.length;
  return new BundleError(`${manifestFile}: ${shown.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`);
}

function describeIssue(issue: z.core.$ZodIssue, input: unknown): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${fieldName([...issue.path, key])} is not a known field`);
  }
  return [`${fieldName(issue.path)} ${is(valueAt(input, issue.path))}, expected ${issue.message}`];
}

/** `lcm.alphasCumprod[3]`. */
function fieldName(path: readonly PropertyKey[]): string {
  return path.map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i > 0 ? '.' : ''}${String(key)}`)).join('');
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

/** `is "a"`, or `is missing`; long findings are cut. */
function is(found: unknown): string {
  const shown = found === undefined ? 'missing' : JSON.stringify(found);
  return `is ${shown.length > 60 ? `${shown.slice(0, 57)}…` : shown}`;
}
