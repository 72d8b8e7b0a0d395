/** A short look at the audit log: its beginning and its end, whatever its size. */
import { damagedLines } from '../../domain/audit-log/log-symptoms.ts';
import type { Place } from '../ports/file-tree.ts';
import type { Ports } from '../ports/index.ts';

const lookBytes = 64 * 1024;

/** Damaged lines in the first and the last 64 kB. */
export async function lookForDamage(ports: Ports, place: Place): Promise<number> {
  const now = await ports.logs.lookAt(place);
  if (now === undefined) return 0;
  const first = damagedLines(await ports.logs.readSlice(place, 0, Math.min(lookBytes, now.bytes)), true);
  const from = Math.max(lookBytes, now.bytes - lookBytes);
  if (from >= now.bytes) return first;
  return first + damagedLines(await ports.logs.readSlice(place, from, now.bytes), false);
}
