/** The index without its thread: the same session, its calls made at once. */
import { IndexSession, type SentenceIndex } from '../../server/src/search/indexSession.ts';

export function createLocalIndex(): SentenceIndex {
  const session = new IndexSession();
  return {
    open: async (params) => session.open(params),
    known: async (uri) => session.known(uri),
    put: async (params) => session.put(params),
    touch: async (file) => session.touch(file),
    delete: async (uris) => session.delete(uris),
    search: async (params) => session.search(params),
    state: async () => session.state(),
    clear: async () => session.clear(),
    close: async () => session.close(),
    dispose: async () => session.close(),
  };
}
