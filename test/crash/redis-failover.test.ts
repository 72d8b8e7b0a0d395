/** redis-failover killed at its points: one master, never two, and nothing acknowledged is lost; taken back, the old one serves as before. */
import { redisCase } from '../support/crash/cases/redis.ts';
import { sweep } from '../support/crash/sweep.ts';

sweep('redis-failover of a master that answers', redisCase({ input: {}, master: 'well' }));
sweep('redis-failover of a frozen master', redisCase({ input: {}, master: 'frozen' }));
sweep('redis-failover taken back', redisCase({ input: {}, master: 'frozen', cancelAt: 'applyRedisFence#1: after' }));
