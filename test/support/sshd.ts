/** A real sshd on a free loopback port, with keys made for it: the way to a machine, where a login may run `okiagari node` and nothing else. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { findSshd } from '../../scripts/test-servers.mjs';
import type { TestMachine } from './systemd/machine.ts';
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
  /** Removes its files. */
  clear(): void;
}

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
/** As the package of Debian brings it: a session outlives the end of the service. */
const unitOf = (program: string, settings: string): string => `[Service]
Type=notify
ExecStart=${program} -D -f ${settings}
KillMode=process
Restart=on-failure
RuntimeDirectory=sshd
`;

/** It ends with its machine. */
export async function startSshd(machine: TestMachine): Promise<TestSshd> {
  const program = findSshd();
  if (program === undefined) throw new Error('No sshd is installed. `npm test` installs it.');
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
  machine.install('ssh.service', unitOf(program, at('sshd_config')));
  machine.run('systemctl', 'start', 'ssh');
  return {
    ...{ folder, port, makeKey, known },
    run: (options = {}) => [
      ...['ssh', '-F', 'none', '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes', '-o', 'IdentitiesOnly=yes'],
      ...['-o', `UserKnownHostsFile=${options.knownHosts ?? knownHosts}`, '-i', options.key ?? own],
      ...['-p', String(options.port ?? port), `${userInfo().username}@127.0.0.1`, 'okiagari', 'node'],
    ],
    calls: () => (existsSync(at('calls')) ? readFileSync(at('calls'), 'utf8').trim().split('\n') : []),
    clear: () => rmSync(folder, { recursive: true, force: true }),
  };
}
