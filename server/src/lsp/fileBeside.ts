/** Names for new files beside a document. */
import { access } from 'node:fs/promises';

/** Tries of a name with a number before it is given up. */
const mostTries = 100;

/** The uri of a file that is not there yet: `notes.md` gives `notes.summary.md`; `undefined` if the document is no file. */
export async function fileBeside(uri: string, kind: string): Promise<string | undefined> {
  const [, stem, extension] = /^(file:\/\/.*?[^/]*?)(\.[^./]*)?$/u.exec(uri) ?? [];
  if (stem === undefined) return undefined;
  for (let i = 1; i <= mostTries; i++) {
    const name = `${stem}.${kind}${i === 1 ? '' : `-${i}`}${extension ?? ''}`;
    if (!(await exists(name))) return name;
  }
  return undefined;
}

async function exists(uri: string): Promise<boolean> {
  return access(new URL(uri)).then(
    () => true,
    () => false,
  );
}
