/** Waits for a condition as long as a busy machine may need; `expect.poll` alone gives up after a second. */
import { expect } from 'vitest';

export const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 20_000, interval: 20 });
