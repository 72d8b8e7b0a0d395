/** How much memory this machine has, and how much of it could be had at once. */
import { readFile } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';

/** Bytes. What caches fill can be had; where the kernel does not say so, only what is empty counts as free. */
export async function readMemory(): Promise<{ readonly memoryBytes: number; readonly memoryFreeBytes: number }> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1];
  return { memoryBytes: totalmem(), memoryFreeBytes: kilobytes === undefined ? freemem() : Number(kilobytes) * 1024 };
}
