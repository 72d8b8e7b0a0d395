/** Runs once before all tests: bundles the workflows, so that test files running side by side find it done. */
import { workflowBundle } from '../../worker/bundle.ts';

export async function setup(): Promise<void> {
  try {
    await workflowBundle();
  } catch (error) {
    // The tests that need workflows fail with this by themselves; pure ones must still be able to run.
    console.error(`The workflows cannot be bundled: ${(error as Error).message}`);
  }
}
