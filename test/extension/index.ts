/**
 * Entry of the extension-host suite: runs mocha, writes the counts to the file that FORESAY_TEST_REPORT names.
 * FORESAY_TEST_ONLY, if set, is what the names of the tests to run must hold.
 */
import { writeFileSync } from 'node:fs';
import mochaPackage from 'mocha';
import { defineSuites } from './suites.ts';

// Required from a CommonJS bundle, mocha is its ES module's namespace, and the class the default in it.
const Mocha =
  (mochaPackage as typeof mochaPackage & { readonly default?: typeof mochaPackage }).default ?? mochaPackage;

/** Called by the workbench; rejects if a test failed, which becomes the exit code. */
export async function run(): Promise<void> {
  const fgrep = process.env.FORESAY_TEST_ONLY ?? '';
  const mocha = new Mocha({ ui: 'tdd', timeout: 120_000, color: false, reporter: 'min', fgrep });
  mocha.suite.emit('pre-require', globalThis, 'suites.ts', mocha);
  defineSuites();
  const lines: string[] = [];
  const skipped: string[] = [];
  let passed = 0;
  let failed = 0;
  await new Promise<void>((resolve) => {
    mocha
      .run(() => resolve())
      .on('pass', (test) => {
        passed += 1;
        lines.push(`  ok    ${test.fullTitle()} (${test.duration} ms)`);
      })
      .on('fail', (test, error: Error) => {
        failed += 1;
        lines.push(`  FAIL  ${test.fullTitle()}\n${error.stack ?? error.message}`);
      })
      .on('pending', (test) => {
        skipped.push(test.fullTitle());
        lines.push(`  skip  ${test.fullTitle()}`);
      });
  });
  const report = process.env.FORESAY_TEST_REPORT;
  if (report) writeFileSync(report, JSON.stringify({ passed, failed, skipped, lines }));
  if (failed > 0) throw new Error(`${failed} tests failed`);
}
