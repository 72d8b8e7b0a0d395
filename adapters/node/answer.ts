/** The other end of a request: what its one line says is done on this machine, as a worker here would do it. */
import type { CommandRunner } from '../../activities/ports/command-runner.ts';
import { createLocalNode } from '../postgres/local-node.ts';
import { createStandbySetup } from '../postgres/local-standby.ts';
import { createLocalRedis } from '../redis/local-redis.ts';
import type { Calls, CarriedNode, NodeAnswer, NodeRequest } from './carry.ts';

/** The line to answer. Never throws. */
export async function answerNodeRequest(line: string, commands: CommandRunner, signal: AbortSignal): Promise<string> {
  try {
    const { kind, call, node, args, password } = JSON.parse(line) as NodeRequest;
    const ports = {
      postgres: () => ({ ...createLocalNode(commands), ...createStandbySetup(() => password, commands) }),
      redis: () => createLocalRedis(commands),
    };
    const calls = (Object.hasOwn(ports, kind) ? ports[kind]() : {}) as Calls<CarriedNode>;
    const work = Object.hasOwn(calls, call) ? calls[call] : undefined;
    if (work === undefined) throw new Error(`there is no call ${call} of kind ${kind}`);
    const here = { ...node, control: { ...node.control, kind: 'local' as const } };
    return JSON.stringify({ value: await work(here, ...args, signal) } satisfies NodeAnswer);
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    return JSON.stringify({ error: message, code } satisfies NodeAnswer);
  }
}
