/** Bookkeeping that must not be lost: where the record store fails for good, a person mends it and retries. */
import { tellFailure } from './ending.ts';
import { askAboutFailure } from './failed-step.ts';
import type { Run } from './run.ts';

/** Failures of the record store that a person can mend: it refuses, or it hangs. */
const mendable = ['record-store-unusable', 'step-timeout'];

export async function insist<T>(run: Run, name: string, work: () => Promise<T>): Promise<T> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await work();
    } catch (error) {
      const failure = tellFailure(error);
      if (!mendable.includes(failure.code)) throw error;
      await askAboutFailure(run, { name, attempts, failure, choices: ['retry'] });
    }
  }
}
