/** Waits for a condition as long as vitest.config.ts says; hooks and helpers may wait so too. */
import { expect } from 'vitest';

export const eventually = <T>(look: () => T) => expect.poll(look);
