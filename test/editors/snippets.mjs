/** The settings that docs/editors.md gives for each editor, as they stand there. */
import { readFileSync } from 'node:fs';
import { inRoot } from '../../scripts/exec.mjs';

/** The text of the block whose opening line names its language and then `name`. */
export function snippet(name) {
  const page = readFileSync(inRoot('docs/editors.md'), 'utf8');
  const found = new RegExp(`^\`\`\`\\w+ ${name}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(page);
  if (!found) throw new Error(`docs/editors.md has no block '${name}'`);
  return found[1];
}
