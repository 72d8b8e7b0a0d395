/** What all tests of a file share is opened before the first of them, on a Temporal server of its own, and stopped after the last. */
import { afterAll, beforeAll } from 'vitest';
import { startTemporalServer, type TemporalServer } from './temporal-server.ts';

/**
 * To be called once in a file, outside its tests. What `open` answers is stopped first, then what it gave to `tidy`, then Temporal; also
 * where it fails half-way.
 */
export function openForFile(
  open: (server: TemporalServer, tidy: AsyncDisposableStack) => Promise<{ stop(): Promise<void> }>,
): void {
  const tidy = new AsyncDisposableStack();
  beforeAll(async () => {
    const server = await startTemporalServer();
    tidy.defer(() => server.stop());
    const opened = await open(server, tidy);
    tidy.defer(() => opened.stop());
  });
  afterAll(() => tidy.disposeAsync());
}
