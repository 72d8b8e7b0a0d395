/** Seed A, scenario 4: the disk is full. What can be taken back comes first, what cannot comes last. */
import { diskExhaustionInput } from '../contracts/inputs/disk-exhaustion.ts';
import { recovery } from './kit/recovery.ts';
import { diskOf } from './steps/disk.ts';

export const diskExhaustion = recovery('disk-exhaustion', diskExhaustionInput, async (r, input) => {
  const disk = diskOf(r);
  const before = await disk.look();
  await disk.listLeastUsed();
  await disk.removeLeftovers();
  const prunable = await disk.agreeToPrune(input);
  const archived = await disk.archive(input);
  await disk.prune(prunable);
  await disk.verify(before, archived);
});
