/** Runs a program as the owner of a server's files, who alone may read them: no shell, a bare environment, ended with its job. */
import { spawn } from 'node:child_process';
import process from 'node:process';
import { createInterface } from 'node:readline';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export interface OwnerProgram {
  readonly program: string;
  readonly args: readonly string[];
  readonly owner: Owner;
  /** Whoever clears a folder away ends what works in it. */
  readonly folder: string;
  /** Passwords go here, never into arguments. */
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Takes standard output line by line; without it the output is answered. */
  readonly take?: (line: string) => void;
}

export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly output: string;
  /** Its last words on standard error. */
  readonly said: string;
}

const keptCharacters = 1_500;

/** Never throws for what the program does; fails where it cannot be started (ENOENT, EACCES) or is aborted. */
export async function runAsOwner({ program, args, owner, folder, env, signal, take }: OwnerProgram): Promise<Ended> {
  signal?.throwIfAborted();
  const child = spawn(program, args, {
    ...asOwner(owner),
    ...(signal && { signal }),
    cwd: folder,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-keptCharacters)));
  const lines = createInterface({ input: child.stdout });
  lines.on('line', take ?? ((line) => (output += `${line}\n`)));
  let failure: Error | undefined;
  child.once('error', (error) => (failure = error));
  // After an abort it still has to be gone before anybody clears away what it worked on.
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (failure) throw failure;
  return { code, output, said: said.trim() };
}

/** Only root can run as somebody else; anybody else is the owner, or will be told so by the file system. */
export const asOwner = ({ uid, gid }: Owner): Partial<Owner> => (process.getuid?.() === 0 ? { uid, gid } : {});
