/** What a measurement was made with: numbers from the command line, and the machine. */
import os from 'node:os';
import { option } from '../../scripts/exec.mjs';

/** The whole numbers from 1 that `--name=A,B` gives; a usage error ends the process. */
export function wholeNumbers(name, fallback) {
  const given = option(name, String(fallback));
  if (/^[1-9]\d*(,[1-9]\d*)*$/.test(given)) return given.split(',').map(Number);
  process.stderr.write(`--${name}: expected whole numbers from 1, found "${given}"\n`);
  process.exit(2);
}

/** The same of one number. */
export function wholeNumber(name, fallback) {
  const [number, ...more] = wholeNumbers(name, fallback);
  if (more.length === 0) return number;
  process.stderr.write(`--${name}: expected one whole number from 1\n`);
  process.exit(2);
}

export function thisMachine() {
  return {
    cpus: os.cpus().length,
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    load: os.loadavg()[0],
    node: process.version,
  };
}
