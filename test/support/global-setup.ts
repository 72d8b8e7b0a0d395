/** Runs once around all tests: bundles the workflows, so that test files running side by side find it done, and tidies up behind them. */
import { workflowBundle } from '../../worker/bundle.ts';
import { makeMemoryFolder, removeMemoryFolder } from './memory-folder.ts';

export async function setup(): Promise<void> {
  makeMemoryFolder();
  try {
    await workflowBundle();
  } catch (error) {
    // The tests that need workflows fail with this by themselves; pure ones must still be able to run.
    console.error(`The workflows cannot be bundled: ${(error as Error).message}`);
  }
}

export const teardown = (): void => removeMemoryFolder();
