/** A few measurements as one figure with its spread, and a process's memory as the kernel counts it. */
import { readdirSync, readFileSync } from 'node:fs';

/** Of the kernel's clock for processes: 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** Median, smallest, largest and number of the values, and what 95 of 100 do not exceed. */
export function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  const p95 = sorted[Math.ceil(0.95 * sorted.length) - 1];
  return { median, p95, min: sorted[0], max: sorted.at(-1), runs: sorted.length };
}

/** Resident bytes of a process now and at most; `undefined` where there is no /proc. */
export function memory(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const bytes = (field) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
    return { resident: bytes('VmRSS'), peak: bytes('VmHWM') };
  } catch {
    return undefined;
  }
}

/** Process ids of the children of a process; none where there is no /proc. */
export function children(pid) {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((each) => parentOf(each) === pid);
  } catch {
    return [];
  }
}

/** A process and its children. */
export function family(pid) {
  return [pid, ...children(pid)];
}

/** Seconds of processor time that a process has used, on all its threads; 0 where there is no /proc. */
export function cpuSeconds(pid) {
  const fields = statOf(pid);
  return fields ? (Number(fields[11]) + Number(fields[12])) / ticksPerSecond : 0;
}

function parentOf(pid) {
  return Number(statOf(pid)?.[1]);
}

/** The fields of `/proc/PID/stat` from the process's state on; `undefined` without it. */
function statOf(pid) {
  try {
    // The command's name stands in parentheses and may hold anything: the fields count from behind it.
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
  } catch {
    return undefined;
  }
}
