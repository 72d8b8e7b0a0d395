/** Stops and starts the agent with the inventory's own commands. */
import { fail } from '../../domain/fail.ts';
import type { CommandResult } from '../ports/command-runner.ts';
import type { Ports } from '../ports/index.ts';
import { toolStoreTarget } from './target.ts';

/** A command that takes longer hangs, or is the agent itself in the foreground. */
const commandMs = 10_000;
/** How long an agent may take to come or go once its command has ended. */
const settleMs = 8_000;
const pollMs = 200;

type AgentCommands = { readonly running: readonly string[]; readonly stop: readonly string[]; readonly start: readonly string[] };

export function isAgentRunning(ports: Ports, input: { readonly target: string }, signal?: AbortSignal): Promise<boolean> {
  const agent = agentOf(ports, input.target);
  return agent === undefined ? Promise.resolve(false) : isRunning(ports, agent, signal);
}

/** Nothing to do where no agent is declared. Twice is fine. Fails: agent-command-failed. */
export const stopAgent: AgentEffect = (ports, input, signal) => oneAtATime(input.target, () => stop(ports, input, signal));

/** Starts it unless it runs. Twice is fine. Fails: agent-command-failed. */
export const startAgent: AgentEffect = (ports, input, signal) => oneAtATime(input.target, () => start(ports, input, signal));

type AgentEffect = (
  ports: Ports,
  input: { readonly target: string },
  signal?: AbortSignal,
) => Promise<{ readonly wasRunning: boolean }>;

const underWay = new Map<string, Promise<unknown>>();

/**
 * Where Temporal was away, it gives the activity out again while the first attempt still looks whether the agent runs:
 * both would start it. The second one waits for the first.
 */
function oneAtATime<T>(target: string, work: () => Promise<T>): Promise<T> {
  const before = underWay.get(target) ?? Promise.resolve();
  const mine = before.then(work, work);
  underWay.set(target, mine);
  return mine;
}

const stop: AgentEffect = async (ports, input, signal) => {
  const agent = agentOf(ports, input.target);
  if (agent === undefined || !(await isRunning(ports, agent, signal))) return { wasRunning: false };
  await mustEndWell(ports, agent.stop, signal);
  if (await becomes(ports, agent, false, signal)) return { wasRunning: true };
  throw fail('agent-command-failed', {
    en: `The agent still runs ${settleMs / 1000} s after ${commandText(agent.stop)}.`,
    ja: `${commandText(agent.stop)} の ${settleMs / 1000} 秒後もエージェントが動作中です。`,
  });
};

const start: AgentEffect = async (ports, input, signal) => {
  const agent = agentOf(ports, input.target);
  if (agent === undefined) return { wasRunning: false };
  if (await isRunning(ports, agent, signal)) return { wasRunning: true };
  await mustEndWell(ports, agent.start, signal);
  if (await becomes(ports, agent, true, signal)) return { wasRunning: false };
  throw fail('agent-command-failed', {
    en: `The agent does not run ${settleMs / 1000} s after ${commandText(agent.start)}.`,
    ja: `${commandText(agent.start)} の ${settleMs / 1000} 秒後もエージェントが起動していません。`,
  });
};

function agentOf(ports: Ports, target: string): AgentCommands | undefined {
  const { agent } = toolStoreTarget(ports, target);
  return agent === undefined || agent === 'none' ? undefined : agent;
}

/** `running` answers by its exit code; one that cannot be run at all answers nothing, which must not pass for "stopped". */
async function isRunning(ports: Ports, { running }: AgentCommands, signal?: AbortSignal): Promise<boolean> {
  const result = await ports.commands.run(running, { timeoutMs: commandMs, signal });
  if (result.exitCode === null || result.exitCode === 126 || result.exitCode === 127) throw commandFailed(running, result);
  return result.exitCode === 0;
}

async function mustEndWell(ports: Ports, argv: readonly string[], signal?: AbortSignal): Promise<void> {
  const result = await ports.commands.run(argv, { timeoutMs: commandMs, signal });
  if (result.exitCode !== 0) throw commandFailed(argv, result);
}

async function becomes(ports: Ports, agent: AgentCommands, wanted: boolean, signal?: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + settleMs;
  for (;;) {
    if ((await isRunning(ports, agent, signal)) === wanted) return true;
    if (performance.now() > deadline) return false;
    signal?.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

const commandText = (argv: readonly string[]): string => argv.join(' ').slice(0, 200);

function commandFailed(argv: readonly string[], { ended, exitCode, stderr }: CommandResult) {
  const how = {
    exited: { en: `ended with ${exitCode}`, ja: `が終了コード ${exitCode} で終わりました` },
    'timed-out': { en: `did not end within ${commandMs / 1000} s`, ja: `が ${commandMs / 1000} 秒以内に終わりませんでした` },
    killed: { en: 'was killed', ja: 'が強制終了されました' },
    'not-found': { en: 'was not found', ja: 'が見つかりません' },
    'not-allowed': { en: 'could not be run', ja: 'を実行できません' },
  }[ended];
  const said = stderr.trim().slice(0, 500);
  return fail('agent-command-failed', {
    en: `${commandText(argv)} ${how.en}${said === '' ? '.' : `: ${said}`}`,
    ja: `${commandText(argv)} ${how.ja}${said === '' ? '。' : `: ${said}`}`,
  });
}
