/** Writes the workflow bundle of the production image to the path of the argument. */
import process from 'node:process';
import { writeWorkflowBundle } from '../worker/bundle.ts';

const path = process.argv[2];
if (path === undefined) throw new Error('usage: node scripts/bundle.ts FILE');
await writeWorkflowBundle(path);
