/** What INFO says of the keys of a server. */
import type { RestoredKeys } from '../../domain/redis/key-count.ts';
import { parseInfo } from './look-at-node.ts';
import type { Client } from './session.ts';

export async function readKeyspace(client: Client): Promise<Omit<RestoredKeys, 'patterns'>> {
  const sections = ['keyspace', 'persistence', 'stats'];
  const info = parseInfo((await Promise.all(sections.map((section) => client.info(section)))).join('\n'));
  const databases = Object.entries(info).flatMap(([name, value]) => {
    const [, database] = /^db(\d+)$/.exec(name) ?? [];
    const [, keys, expires] = /^keys=(\d+),expires=(\d+)/.exec(value) ?? [];
    return database === undefined || keys === undefined
      ? []
      : [{ database: Number(database), keys: Number(keys), lasting: Number(keys) - Number(expires) }];
  });
  const loaded = info['rdb_last_load_keys_loaded'];
  return {
    databases,
    expired: Number(info['expired_keys'] ?? 0) + Number(info['rdb_last_load_keys_expired'] ?? 0),
    ...(loaded !== undefined && { loaded: Number(loaded) }),
  };
}
