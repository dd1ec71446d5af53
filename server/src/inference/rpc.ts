/** What server and inference host say to each other: typed messages over the fork's IPC channel. */
import { NotificationType, RequestType, ResponseError } from 'vscode-jsonrpc/node';
import { CancellationError } from '../base/cancellation.ts';
import type { ConceptVector } from '../concepts/conceptVector.ts';
import { type ContextConcept, conceptRoles } from '../concepts/contextConcept.ts';
import {
  type DecodeRequest,
  type EngineInfo,
  EngineUnavailableError,
  type EngineUsage,
  type PredictRequest,
  type SummaryPlanRequest,
  type Wording,
} from '../concepts/engine.ts';
import { BundleError } from './manifest.ts';

/** Vectors cross as one typed array: rows of `dim` numbers. */
export interface PackedVectors {
  readonly dim: number;
  readonly data: Float32Array;
}

/** Concepts of a sequence cross as their vectors and a byte each: the role's number in `conceptRoles` from 1, 0 for none. */
export interface PackedConcepts extends PackedVectors {
  readonly roles: Uint8Array;
}

export interface OpenParams {
  readonly bundlePath: string;
  readonly provider: string;
}

type Packed<T, K extends keyof T, P = PackedVectors> = Omit<T, K> & { readonly [_ in K]: P };

// Each request has one object as parameter: a list would be spread over several.
export const openRequest = new RequestType<OpenParams, EngineInfo, unknown>('open');
export const encodeRequest = new RequestType<{ readonly sentences: readonly string[] }, PackedVectors, unknown>(
  'encode',
);
export const predictRequest = new RequestType<
  Packed<PredictRequest, 'context', PackedConcepts>,
  PackedVectors,
  unknown
>('predictNext');
export const expectedRequest = new RequestType<{ readonly concepts: PackedConcepts }, PackedVectors, unknown>(
  'expected',
);
export const planRequest = new RequestType<Packed<SummaryPlanRequest, 'source'>, PackedVectors, unknown>('planSummary');
export const decodeRequest = new RequestType<Packed<DecodeRequest, 'plans'>, Wording[], unknown>('decode');
export const prefillRequest = new RequestType<{ readonly contextText: string }, null, unknown>('prefill');
export const usageRequest = new RequestType<object, EngineUsage, unknown>('usage');
/** A line for the log, from the host. */
export const noticeNotification = new NotificationType<{ readonly message: string }>('notice');

/** Throws RangeError if the vectors' lengths differ. */
export function pack(vectors: readonly ConceptVector[]): PackedVectors {
  const dim = vectors[0]?.length ?? 0;
  const data = new Float32Array(vectors.length * dim);
  vectors.forEach((vector, i) => {
    if (vector.length !== dim) throw new RangeError(`vectors of ${dim} and ${vector.length} numbers in one list`);
    data.set(vector, i * dim);
  });
  return { dim, data };
}

/** Copies, so that one vector kept in a cache does not keep the whole message. */
export function unpack({ dim, data }: PackedVectors): ConceptVector[] {
  return Array.from({ length: dim === 0 ? 0 : data.length / dim }, (_, i) => data.slice(i * dim, (i + 1) * dim));
}

/** Throws RangeError if the vectors' lengths differ. */
export function packConcepts(concepts: readonly ContextConcept[]): PackedConcepts {
  const roles = Uint8Array.from(concepts, ({ role }) => (role ? conceptRoles.indexOf(role) + 1 : 0));
  return { ...pack(concepts.map(({ vector }) => vector)), roles };
}

export function unpackConcepts({ roles, ...packed }: PackedConcepts): ContextConcept[] {
  return unpack(packed).map((vector, i) => {
    const role = conceptRoles[(roles[i] ?? 0) - 1];
    return role ? { vector, role } : { vector };
  });
}

/** Error classes that keep their kind across the processes, by code. */
const kinds = [
  { code: -32800, kind: CancellationError },
  { code: 1, kind: EngineUnavailableError },
  { code: 2, kind: BundleError },
  { code: 3, kind: RangeError },
] as const;

/** An error as the host answers it. */
export function toResponseError(error: unknown): ResponseError<void> {
  const message = error instanceof Error ? error.message : String(error);
  const code = kinds.find(({ kind }) => error instanceof kind)?.code ?? -32603;
  return new ResponseError(code, message);
}

/** The error that the host answered, of its own kind again. */
export function fromResponseError(error: unknown): unknown {
  if (!(error instanceof ResponseError)) return error;
  const found = kinds.find(({ code }) => code === error.code);
  return found ? new found.kind(error.message) : new Error(error.message);
}
