/** What the editor leaves out of its explorer and its search. */
import { endsWithin } from '../base/endsWithin.ts';
import { asRecord } from './positions.ts';
import type { Session } from './session.ts';

/** Milliseconds that the editor's answer is waited for. */
const patience = 2000;

/** Globs for paths relative to the folder. */
export async function excludedBelow({ client, connection }: Session, folder: string): Promise<string[]> {
  if (client.workspace?.configuration !== true) return ['**/node_modules'];
  const sections = ['files.exclude', 'search.exclude'];
  const answer = connection.workspace.getConfiguration(sections.map((section) => ({ section, scopeUri: folder })));
  if (!(await endsWithin(answer, patience))) return [];
  const found: unknown = await answer.catch(() => []);
  const globs = Array.isArray(found) ? found.flatMap((each) => Object.entries(asRecord(each))) : [];
  return globs.filter(([, value]) => value === true).map(([glob]) => glob);
}
