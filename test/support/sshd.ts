/** A real sshd on a free loopback port, with keys made for it: the way to another machine, where a login may run `okiagari node` and nothing else. */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findSshd } from '../../scripts/test-servers.mjs';
import { freePort } from './temporal-server.ts';

export interface TestSshd {
  readonly folder: string;
  readonly port: number;
  /** As the inventory names it in `run`, with options in place of its own; the first of a name counts. */
  run(options?: { readonly port?: number; readonly key?: string; readonly knownHosts?: string }): string[];
  /** What was called there: `call`, a line each. */
  calls(): string[];
  /** A private key, its public half beside it as `.pub`. */
  makeKey(name: string): string;
  /** A file of known hosts in which this one has that key. */
  known(name: string, publicKey: string): string;
  stop(): Promise<void>;
}

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
/** Where it parts from itself when it runs as root; its package makes it at the start of the service. */
const separation = '/run/sshd';

export async function startSshd(): Promise<TestSshd> {
  const program = findSshd();
  if (program === undefined) throw new Error('No sshd is installed. `npm test` installs it.');
  if (process.getuid?.() === 0 && !existsSync(separation)) mkdirSync(separation, { mode: 0o755 });
  const folder = mkdtempSync(join(tmpdir(), 'okiagari-ssh-'));
  const at = (name: string): string => join(folder, name);
  const makeKey = (name: string): string => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', at(name)], { stdio: 'pipe' });
    return at(name);
  };
  const [host, own] = [makeKey('host'), makeKey('worker')];
  // What it is asked goes through, and its first words are noted.
  writeFileSync(at('okiagari'), `#!/bin/sh\necho "$*" >> ${at('calls')}\nexec ${process.execPath} ${main} "$@"\n`);
  chmodSync(at('okiagari'), 0o755);
  writeFileSync(at('authorized_keys'), `restrict,command="${at('okiagari')} node" ${readFileSync(`${own}.pub`, 'utf8')}`);
  const port = await freePort();
  const known = (name: string, publicKey: string): string => {
    const [kind, key] = readFileSync(publicKey, 'utf8').split(' ');
    writeFileSync(at(name), `[127.0.0.1]:${port} ${kind} ${key}\n`);
    return at(name);
  };
  const knownHosts = known('known_hosts', `${host}.pub`);
  const settings = [
    ...[`Port ${port}`, 'ListenAddress 127.0.0.1', `HostKey ${host}`, 'PidFile none', 'StrictModes no', 'UsePAM no'],
    ...['PasswordAuthentication no', 'KbdInteractiveAuthentication no', 'PermitRootLogin prohibit-password'],
    `AuthorizedKeysFile ${at('authorized_keys')}`,
  ];
  writeFileSync(at('sshd_config'), `${settings.join('\n')}\n`);
  const server = spawn(program, ['-D', '-e', '-f', at('sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  server.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const reap = (): void => void server.kill('SIGKILL');
  process.once('exit', reap);
  while (!said.includes('Server listening')) {
    if (server.exitCode !== null) throw new Error(`sshd does not start:\n${said}`);
    await delay(10);
  }
  return {
    ...{ folder, port, makeKey, known },
    run: (options = {}) => [
      ...['ssh', '-F', 'none', '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes', '-o', 'IdentitiesOnly=yes'],
      ...['-o', `UserKnownHostsFile=${options.knownHosts ?? knownHosts}`, '-i', options.key ?? own],
      ...['-p', String(options.port ?? port), `${userInfo().username}@127.0.0.1`, 'okiagari', 'node'],
    ],
    calls: () => (existsSync(at('calls')) ? readFileSync(at('calls'), 'utf8').trim().split('\n') : []),
    async stop() {
      process.removeListener('exit', reap);
      if (server.exitCode === null) {
        const gone = new Promise((resolve) => server.once('exit', resolve));
        server.kill();
        await gone;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
