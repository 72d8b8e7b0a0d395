/** One thing that is asked of another machine: a command carries a line of JSON to `okiagari node` there, and a line comes back. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** A method of a port, by its name. */
export type Calls<N> = Readonly<Record<string, (node: N, ...args: unknown[]) => Promise<unknown>>>;

/** A node whose machine is reached. */
export interface CarriedNode {
  readonly control: { readonly kind: 'local' | 'command'; readonly run?: readonly string[] | undefined };
}

/** What goes over in one line. The password goes with it, on no command line and into no file on the way. */
export interface NodeRequest {
  readonly kind: 'postgres' | 'redis';
  readonly call: string;
  readonly node: CarriedNode;
  readonly args: readonly unknown[];
  readonly password?: string | undefined;
}

/** `code` is Node's own: what a full disk there means is said here. */
export type NodeAnswer = { readonly value?: unknown } | { readonly error: string; readonly code?: string | undefined };

/** Its standard input stays open until it has answered: closed before, by our death or the network's, it means to stop. */
export async function carry(
  [program, ...args]: readonly string[],
  request: NodeRequest,
  signal: AbortSignal,
): Promise<NodeAnswer> {
  const child = spawn(program!, args, {
    signal,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined);
  child.stdin.write(`${JSON.stringify(request)}\n`);
  // Without its code, which speaks of the command here and not of what it was to do.
  const failed = once(child, 'error').then(([error]) => Promise.reject(new Error((error as Error).message)));
  failed.catch(() => undefined);
  const [out, said] = await Promise.race([Promise.all([text(child.stdout), text(child.stderr)]), failed]);
  child.stdin.end();
  try {
    return JSON.parse(out) as NodeAnswer;
  } catch {
    throw new Error(`${program} gave no answer: ${(said || out).trim().slice(-300)}`);
  }
}
