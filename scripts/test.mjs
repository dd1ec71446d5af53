/** `npm test`: sets up what the tests need, runs them all, and ends with one line of totals. Names run single parts. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { inRoot, run } from './exec.mjs';
import { packageVsix } from './package.mjs';
import {
  ensureChromium,
  ensureCodeServer,
  ensureEmacs,
  ensureKate,
  ensureNeovim,
  ensureNewNeovim,
  ensurePython,
  ensureSwiftShader,
  SetupError,
} from './setup.mjs';

const out = inRoot('out');
mkdirSync(out, { recursive: true });

const npmBin = (name) => inRoot('node_modules/.bin', name);
const counts = (passed, failed, skipped = 0, reasons = []) => ({ passed, failed, skipped, reasons });

/** Vitest by itself leaves a core to others, which of two is one. */
const onEveryCore = '--maxWorkers=100%';

/** Milliseconds after which no part starts any more: a run must end with its totals, not be ended without them. */
const totalLimitMs = 28 * 60_000;
const started = performance.now();
/** Until when the part under way has to be done, and everything that it starts. */
let deadline = Number.POSITIVE_INFINITY;
const timeLeft = () => Math.max(1000, deadline - performance.now());

/** Runs to the end or to the part's deadline, whichever comes first; a failure is in what it gives, not thrown. */
const runInPart = (program, args, env = {}) => run(program, args, { allowFailure: true, timeoutMs: timeLeft(), env });

/** A command that passes or fails as a whole. */
async function command(program, args) {
  const { code } = await runInPart(program, args);
  return code === 0 ? counts(1, 0) : counts(0, 1, 0, [`${path.basename(program)} ${args.join(' ')}: code ${code}`]);
}

/** The vitest tests of some folders, counted from vitest's own report; `flags` go to vitest, `env` is added to theirs. */
async function vitest(name, folders, flags = [], env = {}) {
  const present = folders.filter((folder) => holdsTests(inRoot(folder)));
  if (present.length === 0) return counts(0, 0, 1, [`no tests in ${folders.join(', ')}`]);
  const report = `${out}/vitest-${name}.json`;
  rmSync(report, { force: true });
  const args = ['run', ...present, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...flags];
  const { code } = await runInPart(npmBin('vitest'), args, env);
  return fromReport(report, code);
}

/** Counts of a jest-shaped report; a run that failed outside its tests counts as one failure more. */
function fromReport(report, code) {
  if (!existsSync(report)) return counts(0, 1, 0, ['no report was written']);
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  const skipped = numPendingTests + numTodoTests;
  const reasons = testResults
    .flatMap((file) => file.assertionResults)
    .filter((test) => test.status === 'pending' || test.status === 'skipped')
    .map((test) => test.fullName);
  const failed = numFailedTests || (code === 0 ? 0 : 1);
  return counts(numPassedTests, failed, skipped, reasons);
}

function holdsTests(folder) {
  return (
    existsSync(folder) && readdirSync(folder, { recursive: true }).some((file) => /\.test\.m?[jt]s$/.test(String(file)))
  );
}

/** Lint, types and tests of models/. */
async function python() {
  const interpreter = await ensurePython();
  const results = [
    await command(interpreter, ['-m', 'ruff', 'check', 'models']),
    await command(interpreter, ['-m', 'mypy']),
    await pytest(interpreter),
  ];
  return results.reduce((all, one) =>
    counts(
      all.passed + one.passed,
      all.failed + one.failed,
      all.skipped + one.skipped,
      all.reasons.concat(one.reasons),
    ),
  );
}

async function pytest(interpreter) {
  const report = `${out}/pytest.xml`;
  rmSync(report, { force: true });
  const args = ['-m', 'pytest', 'models/tests', '-q', '-rs', '-n', 'auto', `--junitxml=${report}`];
  const { code } = await runInPart(interpreter, args);
  if (!existsSync(report)) return counts(0, 1, 0, ['pytest wrote no report']);
  const xml = readFileSync(report, 'utf8');
  const number = (name) => Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(xml)?.[1] ?? 0);
  const failed = number('failures') + number('errors');
  const skipped = number('skipped');
  const reasons = [...xml.matchAll(/<skipped [^>]*message="([^"]*)"/g)].map((match) => match[1]);
  return counts(number('tests') - failed - skipped, failed || (code === 0 ? 0 : 1), skipped, reasons);
}

/** A test program of ours: it writes `{ passed, failed, skipped: [reason] }` to the file that `--report` names. */
async function program(name, file, extra = []) {
  const report = `${out}/${name}.json`;
  rmSync(report, { force: true });
  const { code } = await runInPart(process.execPath, [file, `--report=${report}`, ...extra]);
  if (!existsSync(report)) return counts(0, 1, 0, [`${file} wrote no report`]);
  const { passed, failed, skipped } = JSON.parse(readFileSync(report, 'utf8'));
  return counts(passed, failed || (code === 0 ? 0 : 1), skipped.length, skipped);
}

/** webgpu on a GPU in software, with the graphs that the scripts write now. */
async function gpu() {
  const device = await ensureSwiftShader();
  const interpreter = await ensurePython();
  const exported = await command(interpreter, ['-m', 'models.tests.tiny_bundle', `${out}/tiny-bundle`]);
  return exported.failed > 0 ? exported : vitest('gpu', ['test/gpu'], [], device);
}

/** Node's test runner and our editors: a missing editor is skipped there, with its reason. */
async function editors() {
  for (const ensure of [ensureEmacs, ensureNeovim, ensureNewNeovim, ensureKate]) {
    try {
      await ensure();
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
    }
  }
  return program('editors', 'test/editors/run.mjs');
}

async function inWorkbench(name, file, extra = []) {
  await ensureCodeServer();
  const chromium = await ensureChromium();
  return program(name, file, [`--chromium=${chromium}`, ...extra]);
}

const build = () => command(process.execPath, ['esbuild.mjs']);

/** Every part in the order of a full run, cheap ones first, with the minutes after which it is ended. */
const parts = {
  build: { minutes: 2, work: build },
  check: { minutes: 3, work: () => command(npmBin('tsc'), ['-p', 'tsconfig.json', '--noEmit']) },
  lint: { minutes: 2, work: () => command(npmBin('biome'), ['check', '.']) },
  unit: { minutes: 4, work: () => vitest('unit', ['test/unit'], [onEveryCore, '--pool=threads']) },
  server: { minutes: 4, work: () => vitest('server', ['test/server'], [onEveryCore]) },
  model: { minutes: 5, work: () => vitest('model', ['test/model']) },
  process: { minutes: 6, work: () => vitest('process', ['test/process'], [onEveryCore]) },
  python: { minutes: 12, work: python },
  gpu: { minutes: 8, work: gpu },
  editors: { minutes: 6, work: editors },
  extension: { minutes: 8, work: () => inWorkbench('extension', 'test/extension/runCodeServer.mjs') },
  user: {
    minutes: 17,
    work: async () => {
      const vsix = await packageVsix();
      return inWorkbench('user', 'test/extension/user.e2e.mjs', [`--vsix=${vsix}`, ...forUser()]);
    },
  },
};
/** Parts that run what is in dist/. */
const builtParts = new Set(['model', 'process', 'editors', 'extension']);

/** What the user part is told on our command line: which stories, and where its pictures go. */
function forUser() {
  return process.argv.filter((argument) => /^--(screenshots|only)=/.test(argument));
}

/** What is skipped on any machine, in CI too: it says in its name or reason that it needs what few machines have. */
const mayBeSkipped = /\bGPU\b|big download/i;

async function runPart(name) {
  const from = performance.now();
  console.log(`\n== ${name}`);
  const { minutes, work } = parts[name];
  deadline = Math.min(from + minutes * 60_000, started + totalLimitMs);
  let result;
  try {
    if (deadline <= from) throw new Error(`not run: the ${totalLimitMs / 60_000} minutes for all parts are over`);
    result = await work();
  } catch (error) {
    // What a machine cannot be given is skipped with its reason.
    if (error instanceof SetupError) result = counts(0, 0, 1, [error.message]);
    else {
      console.error(error);
      result = counts(0, 1, 0, [String(error.message ?? error)]);
    }
  }
  if (process.env.CI) result = withoutSkips(result);
  return { name, seconds: (performance.now() - from) / 1000, ...result };
}

/** In CI everything has to be there: what was skipped for want of something is a failure. */
function withoutSkips({ passed, failed, skipped, reasons }) {
  const allowed = Math.min(skipped, reasons.filter((reason) => mayBeSkipped.test(reason)).length);
  return counts(passed, failed + skipped - allowed, allowed, reasons);
}

const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const unknown = named.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length > 0) {
  console.error(`unknown part '${unknown[0]}', expected one of ${Object.keys(parts).join(', ')}`);
  process.exit(2);
}
const wanted = named.length > 0 ? named : Object.keys(parts);
if (!wanted.includes('build') && wanted.some((name) => builtParts.has(name))) wanted.unshift('build');

const results = [];
for (const name of wanted) results.push(await runPart(name));

console.log('\n== totals');
for (const { name, passed, failed, skipped, reasons, seconds } of results) {
  const line = `${passed} passed, ${failed} failed, ${skipped} skipped`;
  console.log(`${name.padEnd(10)} ${line.padEnd(36)} ${seconds.toFixed(1).padStart(6)} s`);
  for (const reason of reasons) console.log(`           - ${reason}`);
}
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exitCode = sum('failed') === 0 ? 0 : 1;
