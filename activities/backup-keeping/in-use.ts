/** Which backups somebody reads now: restore tests say so themselves, an open change says it through its plans. */
import type { OpenChange } from '../kernel-interface.ts';
import type { Ports } from '../ports/index.ts';
import { backupUseKey, backupUsesPrefix, openChangeKey } from '../records/keys.ts';

/** A mark that a killed process left counts no longer than this. */
const markMs = 86_400_000;

/** Keeps a backup from being pruned while `work` reads it. */
export async function whileInUse<T>(
  ports: Ports,
  target: string,
  backup: string,
  by: string,
  work: () => Promise<T>,
): Promise<T> {
  const key = backupUseKey(target, backup, globalThis.crypto.randomUUID());
  await ports.records.put(key, JSON.stringify({ backup, by, since: new Date().toISOString() }));
  try {
    return await work();
  } finally {
    await ports.records.remove(key).catch(() => undefined);
  }
}

/** Backup id → who uses it. */
export async function backupsInUse(ports: Ports, target: string): Promise<ReadonlyMap<string, string>> {
  const used = new Map<string, string>();
  for (const key of await ports.records.list(backupUsesPrefix(target))) {
    const mark = await readRecord<{ backup: string; by: string; since: string }>(ports, key);
    if (mark === undefined) continue;
    if (Date.now() - Date.parse(mark.since) < markMs) used.set(mark.backup, mark.by);
    else await ports.records.remove(key);
  }
  const change = await readRecord<OpenChange>(ports, openChangeKey(target));
  for (let open = change; open !== undefined; open = open.earlier) {
    for (const { input } of open.undos) {
      const { plan } = input as { plan?: unknown };
      const kept = typeof plan === 'string' ? await readRecord<{ backup?: unknown }>(ports, plan) : undefined;
      if (typeof kept?.backup === 'string') used.set(kept.backup, open.recovery);
    }
  }
  return used;
}

/** Undefined where nothing is, or nothing that can be read. */
async function readRecord<T>(ports: Ports, key: string): Promise<T | undefined> {
  const text = await ports.records.get(key);
  try {
    return text === undefined ? undefined : (JSON.parse(text) as T);
  } catch {
    return undefined;
  }
}
