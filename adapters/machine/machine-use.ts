/** How full the disk and the memory of this machine are, as `df` and the kernel say it. */
import { statfs } from 'node:fs/promises';
import type { ReadMachineUse } from '../../activities/ports/machine-use.ts';
import { readMemory } from './memory.ts';

export const readMachineUse: ReadMachineUse = async (folder) => {
  const [{ blocks, bfree, bavail }, { memoryBytes, memoryFreeBytes }] = await Promise.all([statfs(folder), readMemory()]);
  const used = blocks - bfree;
  return {
    diskPercent: used + bavail === 0 ? 0 : (100 * used) / (used + bavail),
    memoryPercent: 100 - (100 * memoryFreeBytes) / memoryBytes,
  };
};
