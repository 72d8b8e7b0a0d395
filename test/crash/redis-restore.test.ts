/** redis-restore killed at its points: the keys of the backup are there, on master and replica; and taken back, what was there before. */
import { redisRestoreCase } from '../support/crash/cases/redis.ts';
import { sweep } from '../support/crash/sweep.ts';

sweep('redis-restore', redisRestoreCase({}));
sweep('redis-restore taken back', redisRestoreCase({ cancelAt: 'applyRedisRestore#1: after' }));
