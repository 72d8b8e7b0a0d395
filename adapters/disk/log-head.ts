/** Finds where the old lines of a log end. */
import type { Place } from '../../activities/ports/file-tree.ts';
import type { LogHead } from '../../domain/disk/archive-plan.ts';
import { chunkBytes, openFile } from '../files/read-files.ts';

/** Of a longer line only the beginning is looked at. */
const lookedAt = 64 * 1024;

/** The head without its hash; undefined when no line at the beginning is old. See LogArchives.readHead. */
export async function findHead(log: Place, before: string, signal?: AbortSignal): Promise<Omit<LogHead, 'sha256'> | undefined> {
  const { handle, facts } = await openFile(log);
  try {
    const border = Date.parse(before);
    const old = { bytes: 0, lines: 0, from: NaN, to: NaN };
    let lines = 0;
    let line: Buffer[] = [];
    let held = 0;
    for (let at = 0; at < facts.bytes;) {
      signal?.throwIfAborted();
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, at);
      if (bytesRead === 0) break;
      const chunk = buffer.subarray(0, bytesRead);
      let start = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
        line.push(chunk.subarray(start, Math.min(end, start + lookedAt)));
        const time = timeOf(line.length === 1 ? line[0]! : Buffer.concat(line));
        lines += 1;
        [line, held] = [[], 0];
        start = end + 1;
        if (time >= border) return headOf(old);
        if (Number.isNaN(time)) continue;
        if (Number.isNaN(old.from)) old.from = time;
        [old.bytes, old.lines, old.to] = [at + start, lines, time];
      }
      if (held < lookedAt) line.push(chunk.subarray(start, start + lookedAt));
      held += chunk.length - start;
      at += bytesRead;
    }
    return headOf(old);
  } finally {
    await handle.close();
  }
}

const headOf = ({ bytes, lines, from, to }: { bytes: number; lines: number; from: number; to: number }) =>
  bytes === 0 ? undefined : { bytes, lines, from: new Date(from).toISOString(), to: new Date(to).toISOString() };

/** Both writers begin with it; whoever writes otherwise is parsed. NaN for a line that tells no time. */
function timeOf(line: Buffer): number {
  const text = line.toString('latin1');
  const quick = /^\{(?:"id":"[^"\\]*",)?"timestamp":"([^"\\]{10,40})"/.exec(text)?.[1] ?? parsedTime(line);
  return Date.parse(quick ?? '');
}

function parsedTime(line: Buffer): string | undefined {
  try {
    const { timestamp } = JSON.parse(line.toString('utf8')) as { timestamp?: unknown };
    return typeof timestamp === 'string' ? timestamp : undefined;
  } catch {
    return undefined;
  }
}
