/** Hashes the beginning of a file beside everything else. */
import { createHash } from 'node:crypto';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

const { path, upTo } = workerData as { path: string; upTo: number };
const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
const hash = createHash('sha256');
const buffer = Buffer.allocUnsafe(1024 * 1024);
for (let at = 0; at < upTo;) {
  const count = readSync(fd, buffer, 0, Math.min(buffer.length, upTo - at), at);
  if (count === 0) throw new Error(`${path} is shorter than ${upTo} bytes`);
  hash.update(buffer.subarray(0, count));
  at += count;
}
closeSync(fd);
parentPort!.postMessage(hash.digest('hex'), []);
