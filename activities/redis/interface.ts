/** The effects on Redis servers, as workflows call them. Every one may run twice. */
import type { Diagnosis } from '../../domain/diagnosis.ts';

export interface RedisActivities {
  /** Looks at every node side by side. Reads only. */
  diagnoseRedis(input: { target: string }): Promise<Diagnosis>;
}
