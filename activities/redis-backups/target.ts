/** Redis servers with backups, as the inventory of this moment declares them. */
import { withoutIncrementals } from '../../contracts/backup-settings.ts';
import type { RedisSettings } from '../../contracts/redis-settings.ts';
import { fail } from '../../domain/fail.ts';
import type { BackedUp } from '../backup-keeping/backed-up.ts';
import type { Ports } from '../ports/index.ts';
import type { BackedUpServers } from '../ports/redis-backups.ts';
import { redisTarget } from '../redis/target.ts';

export type BackedUpRedis = RedisSettings & BackedUp & BackedUpServers;

/** Fails: unknown-target. */
export function backedUpRedis(ports: Ports, id: string): BackedUpRedis {
  const target = redisTarget(ports, id);
  const { backup } = target;
  if (backup === undefined) {
    throw fail('unknown-target', {
      en: `The Redis servers ${id} declare no backups.`,
      ja: `Redis ${id} にはバックアップの設定がありません。`,
    });
  }
  const { repositories } = ports.inventory();
  const repositoryEntries = backup.repositories.flatMap((name) => repositories.filter((one) => one.id === name));
  return { ...target, id, backup, repositoryEntries, backups: withoutIncrementals(backup.times) };
}
