/** Lets the SDK download its Temporal server into the folder named by the argument; a process of its own, so that it can be given up. */
import process from 'node:process';
import { TestWorkflowEnvironment } from '@temporalio/testing';

const environment = await TestWorkflowEnvironment.createLocal({
  server: { executable: { type: 'cached-download', downloadDir: /** @type {string} */ (process.argv[2]) } },
});
await environment.teardown();
