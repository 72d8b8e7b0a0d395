/** The recovery whose change on a target is not finished. */
import type { Ports } from '../ports/index.ts';
import { openChangeKey } from '../records/keys.ts';

export async function openChangeOf(ports: Ports, target: string): Promise<string | undefined> {
  const text = await ports.records.get(openChangeKey(target));
  if (text === undefined) return undefined;
  try {
    const { recovery } = JSON.parse(text) as { recovery?: unknown };
    return typeof recovery === 'string' ? recovery : 'a recovery';
  } catch {
    return 'a recovery';
  }
}
