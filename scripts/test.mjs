/** `npm test`: sets up what the tests need, runs them all, and ends with one line of totals. Names run single parts. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { inRoot, run } from './exec.mjs';
import { packageVsix } from './package.mjs';
import { ensureChromium, ensureCodeServer, ensureEmacs, ensureNeovim, ensurePython, SetupError } from './setup.mjs';

const out = inRoot('out');
mkdirSync(out, { recursive: true });

const npmBin = (name) => inRoot('node_modules/.bin', name);
const counts = (passed, failed, skipped = 0, reasons = []) => ({ passed, failed, skipped, reasons });

/** A command that passes or fails as a whole. */
async function command(program, args) {
  const { code } = await run(program, args, { allowFailure: true });
  return code === 0 ? counts(1, 0) : counts(0, 1);
}

/** The vitest tests of some folders, counted from vitest's own report. */
async function vitest(name, folders) {
  const present = folders.filter((folder) => holdsTests(inRoot(folder)));
  if (present.length === 0) return counts(0, 0, 1, [`no tests in ${folders.join(', ')}`]);
  const report = `${out}/vitest-${name}.json`;
  rmSync(report, { force: true });
  const args = ['run', ...present, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { code } = await run(npmBin('vitest'), args, { allowFailure: true });
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

async function pytest() {
  const python = await ensurePython();
  const report = `${out}/pytest.xml`;
  rmSync(report, { force: true });
  const args = ['-m', 'pytest', 'models/tests', '-q', '-rs', `--junitxml=${report}`];
  const { code } = await run(python, args, { allowFailure: true });
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
  await run(process.execPath, [file, `--report=${report}`, ...extra], { allowFailure: true });
  if (!existsSync(report)) return counts(0, 1, 0, [`${file} wrote no report`]);
  const { passed, failed, skipped } = JSON.parse(readFileSync(report, 'utf8'));
  return counts(passed, failed, skipped.length, skipped);
}

/** Node's test runner and our editors: a missing editor is skipped there, with its reason. */
async function editors() {
  for (const ensure of [ensureEmacs, ensureNeovim]) {
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

/** Every part in the order of a full run: cheap ones first. */
const parts = {
  build,
  check: () => command(npmBin('tsc'), ['-p', 'tsconfig.json', '--noEmit']),
  lint: () => command(npmBin('biome'), ['check', '.']),
  unit: () => vitest('unit', ['test/unit']),
  server: () => vitest('server', ['test/server']),
  model: () => vitest('model', ['test/model']),
  process: () => vitest('process', ['test/process']),
  python: pytest,
  editors,
  extension: () => inWorkbench('extension', 'test/extension/runCodeServer.mjs'),
  user: async () => {
    const vsix = await packageVsix();
    return inWorkbench('user', 'test/extension/user.e2e.mjs', [`--vsix=${vsix}`, ...screenshots()]);
  },
};
/** Parts that run what is in dist/. */
const builtParts = new Set(['model', 'process', 'editors', 'extension']);

function screenshots() {
  return process.argv.filter((argument) => argument.startsWith('--screenshots='));
}

async function runPart(name) {
  const from = performance.now();
  console.log(`\n== ${name}`);
  let result;
  try {
    result = await parts[name]();
  } catch (error) {
    // What a machine cannot be given is skipped with its reason; in CI everything has to be there.
    if (error instanceof SetupError && !process.env.CI) result = counts(0, 0, 1, [error.message]);
    else {
      console.error(error);
      result = counts(0, 1, 0, [String(error.message ?? error)]);
    }
  }
  return { name, seconds: (performance.now() - from) / 1000, ...result };
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
