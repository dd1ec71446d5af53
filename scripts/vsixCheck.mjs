/** What is in a packed .vsix, and what is wrong with it: one platform's binaries, and nothing that only we need. */
import path from 'node:path';
import yauzl from 'yauzl';

/** Bytes from the start of a file that tell what it was built for: a Windows header lies some way in. */
const headLength = 4096;

/** The files of a zip: `{ name, bytes, head }`, `head` the first bytes of each. */
export async function readVsix(file) {
  const zip = await yauzl.openPromise(file);
  const entries = [];
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      entries.push({ name: entry.fileName, bytes: entry.uncompressedSize, head: await headOf(zip, entry) });
    }
  } finally {
    zip.close();
  }
  return entries;
}

async function headOf(zip, entry) {
  const chunks = [];
  let length = 0;
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= headLength) break;
  }
  return Buffer.concat(chunks).subarray(0, headLength);
}

const elfMachines = { 62: 'x64', 183: 'arm64' };
const machoMachines = { 16777223: 'x64', 16777228: 'arm64' };
const windowsMachines = { 34404: 'x64', 43620: 'arm64' };

/** The platform that native code was built for, by the format's own header: `linux-x64`; undefined for other files. */
export function builtFor(head) {
  if (head.length < 64) return undefined;
  if (head.readUInt32BE(0) === 0x7f45_4c46) return `linux-${elfMachines[head.readUInt16LE(18)] ?? 'unknown'}`;
  if (head.readUInt32LE(0) === 0xfeed_facf) return `darwin-${machoMachines[head.readUInt32LE(4)] ?? 'unknown'}`;
  // A library for several processors at once.
  if (head.readUInt32BE(0) === 0xcafe_babe) return 'darwin-universal';
  const header = head.readUInt32LE(60);
  if (head.readUInt16BE(0) !== 0x4d5a || header + 6 > head.length || head.readUInt32BE(header) !== 0x5045_0000)
    return undefined;
  return `win32-${windowsMachines[head.readUInt16LE(header + 4)] ?? 'unknown'}`;
}

/** What vsce calls these files of ours. */
const renamed = { 'README.md': 'readme.md', LICENSE: 'LICENSE.txt', 'CHANGELOG.md': 'changelog.md' };

/** The files that .vscodeignore (its text is given) wants to ship by their full names, as they are called in a .vsix. */
export function wantedFiles(ignoreFile) {
  const wanted = [...ignoreFile.matchAll(/^!([^*\s]+)$/gm)].map(([, name]) => renamed[name] ?? name);
  return wanted.map((name) => `extension/${name}`);
}

/** What must not ship: what is for tests, for types, for debuggers, and what only we work with. */
const unwanted =
  /\.map$|\.ts$|\.test\.|\.log$|\.py$|\/(test|tests|out|\.venv|\.e2e|scripts|models\/work|node_modules\/\.bin)\//;

/** Everything wrong with these files for `target`, a sentence each; `wanted` are those that must be there. */
export function problemsOf(entries, target, wanted) {
  const names = new Set(entries.map(({ name }) => name));
  const native = entries.flatMap(({ name, head }) => {
    const platform = builtFor(head);
    return platform ? [{ name, platform }] : [];
  });
  return [
    ...wanted.filter((name) => !names.has(name)).map((name) => `${name} is missing`),
    ...[...names].filter((name) => unwanted.test(name)).map((name) => `${name} must not ship`),
    ...native.filter(({ platform }) => platform !== target).map(({ name, platform }) => `${name} is for ${platform}`),
    ...(native.length === 0 ? [`no native code for ${target}`] : []),
    ...packagesWithoutLicense(names).map((name) => `${name} ships without a licence`),
  ];
}

/** The packages that lie beside the bundles and whose licence does not. */
function packagesWithoutLicense(names) {
  const folders = [...names].flatMap((name) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(name)?.[0] ?? []);
  const licensed = new Set(
    [...names].filter((name) => /^licen[cs]e/i.test(path.posix.basename(name))).map((name) => path.posix.dirname(name)),
  );
  return [...new Set(folders)].filter((folder) => !licensed.has(folder.slice(0, -1)));
}
