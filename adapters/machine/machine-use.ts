/** How full the disk and the memory of this machine are, as `df` and the kernel say it. */
import { readFile, statfs } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import type { ReadMachineUse } from '../../activities/ports/machine-use.ts';

export const readMachineUse: ReadMachineUse = async (folder) => {
  const { blocks, bfree, bavail } = await statfs(folder);
  const used = blocks - bfree;
  return {
    diskPercent: used + bavail === 0 ? 0 : (100 * used) / (used + bavail),
    memoryPercent: 100 - (await availableMemory()),
  };
};

/** Memory that could be had at once is not in use, though caches fill it. */
async function availableMemory(): Promise<number> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1];
  return (100 * (kilobytes === undefined ? freemem() : Number(kilobytes) * 1024)) / totalmem();
}
