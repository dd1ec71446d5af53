/** The worker beside the map's webview: lays out, which takes seconds for a long document. */
import type { LayoutTask } from './messages.ts';
import { project } from './projection.ts';

self.onmessage = ({ data: { vectors, dim } }: MessageEvent<LayoutTask>): void => {
  const rows = Array.from({ length: dim > 0 ? vectors.length / dim : 0 }, (_, i) =>
    vectors.subarray(i * dim, (i + 1) * dim),
  );
  self.postMessage(Float32Array.from(project(rows).flatMap(({ x, y }) => [x, y])));
};
