/** A thread that counts one range of a log. */
import { parentPort, workerData } from 'node:worker_threads';
import { tallyRange, type LogRange } from './tally-range.ts';

parentPort!.postMessage(tallyRange(workerData as LogRange), []);
