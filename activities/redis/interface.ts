/** The effects on Redis servers, as workflows call them. Every one may run twice. */
import type { Answer } from '../../domain/checklist/words.ts';
import type { Diagnosis } from '../../domain/diagnosis.ts';

export interface RedisActivities {
  /** Looks at every node side by side. Reads only. */
  diagnoseRedis(input: { target: string }): Promise<Diagnosis>;
  /** Items on the servers. Reads only. */
  checkRedisServers(input: { target: string }): Promise<readonly Answer[]>;
  /** Items on the keys, asked of the master. Reads only. Fails: no-primary, database-refused. */
  checkRedisKeys(input: { target: string }): Promise<readonly Answer[]>;
  /** Writes a key of our own and removes it. Fails: no-primary, database-refused. */
  checkRedisWrite(input: { target: string }): Promise<readonly Answer[]>;
}
