/** Bookkeeping that must not be lost: where the record store refuses for good, a person mends it and retries. */
import { tellFailure } from './ending.ts';
import { askAboutFailure } from './failed-step.ts';
import type { Run } from './run.ts';

export async function insist<T>(run: Run, name: string, work: () => Promise<T>): Promise<T> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await work();
    } catch (error) {
      const failure = tellFailure(error);
      if (failure.code !== 'record-store-unusable') throw error;
      await askAboutFailure(run, { name, attempts, failure, choices: ['retry'] });
    }
  }
}
