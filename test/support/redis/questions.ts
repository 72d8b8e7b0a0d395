/** What tests ask Redis servers themselves. */
import type { TestRedis } from './server.ts';

/** `master`, `slave`, or `away`. */
export const roleOf = (node: TestRedis): Promise<string> =>
  node.command('ROLE').then(
    (role) => String((role as unknown[])[0]),
    () => 'away',
  );

export const rolesOf = (servers: readonly TestRedis[]): Promise<string[]> => Promise.all(servers.map(roleOf));

/** Of these keys, those that it does not have. */
export async function missingAt(node: TestRedis, keys: readonly string[]): Promise<string[]> {
  const missing: string[] = [];
  for (let from = 0; from < keys.length; from += 1_000) {
    const some = keys.slice(from, from + 1_000);
    const values = (await node.command('MGET', ...some)) as (string | null)[];
    missing.push(...some.filter((_, n) => values[n] === null));
  }
  return missing;
}
