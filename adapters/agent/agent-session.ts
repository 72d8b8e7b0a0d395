/** Speaks with the agent in a process of its own: little environment, nothing to write but its scratch folder, killed as a group. */
import { execFile, spawn } from 'node:child_process';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { AgentProgram, AgentSession } from '../../activities/ports/agent-session.ts';
import type { AgentCall, AgentReply, AgentTalk } from '../../domain/checklist/agent-talk.ts';
import { agentProgram } from './agent-program.ts';

/** Loading the package takes a second; on a machine in trouble it takes longer. */
const startMs = 30_000;
/** Beyond a call's own time: whoever blocks its process is noticed from outside. */
const graceMs = 1_000;
const outputLimit = 4 * 1024 * 1024;
/** The permission model of older ones is another one, or none. */
const walledNode = 24;

/** What a session has said so far. */
interface Heard {
  loadErrors?: readonly string[];
  fault?: string;
  readonly replies: AgentReply[];
}

export function createAgentSession(): AgentSession {
  return {
    async talk(agent, folder, calls, signal) {
      const missing = await whyUnusable(agent);
      if (missing !== undefined) return { began: false, why: missing };
      const own = join(folder, '.okiagari');
      const [program, session, temporary] = [join(own, 'talk.mjs'), join(own, 'session.json'), join(own, 'tmp')];
      await mkdir(temporary, { recursive: true });
      await writeFile(program, agentProgram);
      await writeFile(session, JSON.stringify({ packageFolder: agent.package, agentFolder: own, calls }));
      const node = agent.node ?? process.execPath;
      const wall = (await majorOf(node)) >= walledNode ? ['--permission', '--allow-fs-read=*', `--allow-fs-write=${folder}`] : [];
      const heard: Heard = { replies: [] };
      const ending = await listen(heard, calls, signal, () =>
        spawn(node, [...wall, '--no-warnings', program, session], {
          cwd: folder,
          detached: true,
          stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
          env: {
            PATH: `/usr/local/bin:/usr/bin:/bin:${dirname(node)}`,
            HOME: own,
            TMPDIR: temporary,
            LANG: 'C.UTF-8',
            PI_OFFLINE: '1',
            PI_TELEMETRY: '0',
            PI_CODING_AGENT_DIR: own,
          },
        }),
      );
      return settle(heard, calls, ending);
    },
  };
}

async function whyUnusable({ package: folder, node }: AgentProgram): Promise<string | undefined> {
  for (const path of [join(folder, 'package.json'), ...(node === undefined ? [] : [node])]) {
    const isFile = await stat(path).then(
      (facts) => facts.isFile(),
      () => false,
    );
    if (!isFile) return `there is no ${path}`;
  }
  return undefined;
}

/** Zero where it cannot be run. */
const majorOf = (node: string): Promise<number> =>
  node === process.execPath
    ? Promise.resolve(Number(process.versions.node.split('.')[0]))
    : new Promise((resolve) =>
        execFile(node, ['--version'], { timeout: 5_000, env: {} }, (error, output) =>
          resolve(error ? 0 : Number(/^v(\d+)/.exec(output)?.[1] ?? 0)),
        ),
      );

/** Runs it to its end and answers why it ended; each step it tells of gets its own time. */
function listen(
  heard: Heard,
  calls: readonly AgentCall[],
  signal: AbortSignal | undefined,
  start: () => ReturnType<typeof spawn>,
): Promise<string> {
  return new Promise((resolve) => {
    const child = start();
    let why = '';
    let output = '';
    let errors = '';
    let timer: NodeJS.Timeout;
    const stop = (because: string): void => {
      why ||= because;
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        child.kill('SIGKILL');
      }
    };
    const wait = (ms: number, because: string): void => {
      clearTimeout(timer);
      timer = setTimeout(() => stop(because), ms);
    };
    const onAbort = (): void => stop('stopped');
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    wait(startMs, `no session within ${startMs / 1000} s`);
    const take = (line: string): void => {
      const said = JSON.parse(line) as { began?: string[]; fault?: string; calling?: string } & AgentReply;
      const call = calls[heard.replies.length];
      if (said.began) heard.loadErrors = said.began;
      else if (said.fault !== undefined) heard.fault = said.fault;
      else if (said.calling === undefined) heard.replies.push(said);
      else if (call) return wait(call.timeoutMs + graceMs, 'late');
      wait(startMs, 'it hung');
    };
    (child.stdio[3] as Readable).setEncoding('utf8').on('data', (text: string) => {
      const lines = (output + text).split('\n');
      output = lines.pop()!;
      if (output.length > outputLimit) return stop('too much output');
      try {
        lines.forEach(take);
      } catch {
        stop('its answer is not readable');
      }
    });
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-500)));
    child.once('error', (error) => (why ||= error.message));
    child.once('close', (code, killedBy) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      // What it left running belongs to the same group.
      stop('');
      resolve(why || (code === 0 ? '' : errors.trim().split('\n').at(-1) || `it ended with ${killedBy ?? code}`));
    });
  });
}

/** One reply for each call: the one under way when it ended, and those that were never begun. */
function settle({ loadErrors, fault, replies }: Heard, calls: readonly AgentCall[], ending: string): AgentTalk {
  if (loadErrors === undefined) return { began: false, why: fault ?? (ending || 'it said nothing') };
  const rest = calls.slice(replies.length).map(({ timeoutMs }, at): AgentReply => {
    if (at > 0 || replies.at(-1)?.outcome === 'timed-out') return { outcome: 'not-reached', message: 'not reached', ms: 0 };
    return ending === 'late'
      ? { outcome: 'timed-out', message: `no answer within ${timeoutMs} ms`, ms: timeoutMs }
      : { outcome: 'threw', message: fault ?? (ending || 'the agent ended'), ms: 0 };
  });
  return { began: true, loadErrors, replies: [...replies, ...rest] };
}
