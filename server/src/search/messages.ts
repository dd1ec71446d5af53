/** What the server's main thread and the thread of the index say to each other: typed messages over the worker's port. */
import { RequestType } from 'vscode-jsonrpc/node';
import type { IndexState, OpenParams, PutParams, SearchParams } from './indexSession.ts';
import type { FoundPlace, IndexedFile } from './sentenceTable.ts';

// Each request has one object as parameter: a list would be spread over several.
export const openRequest = new RequestType<OpenParams, IndexedFile[], unknown>('open');
export const knownRequest = new RequestType<{ readonly uri: string }, string[], unknown>('known');
export const putRequest = new RequestType<PutParams, null, unknown>('put');
export const touchRequest = new RequestType<{ readonly file: IndexedFile }, null, unknown>('touch');
export const deleteRequest = new RequestType<{ readonly uris: readonly string[] }, null, unknown>('delete');
export const searchRequest = new RequestType<SearchParams, FoundPlace[], unknown>('search');
export const stateRequest = new RequestType<Record<string, never>, IndexState, unknown>('state');
export const clearRequest = new RequestType<Record<string, never>, null, unknown>('clear');
export const closeRequest = new RequestType<Record<string, never>, null, unknown>('close');
