/** The agent's npm package on this machine: which version is whole, and how npm brings another one. */
import { fail } from '../../domain/fail.ts';
import type { AgentInstallation } from '../../domain/full-system/environment.ts';
import type { Ports } from '../ports/index.ts';
import type { ToolStoreTarget } from '../tool-store/target.ts';

/** npm fetches some hundred packages; a slow line needs its time. */
const npmMs = 600_000;
/** There while npm is at work: what a killed one left is not taken for an installation. */
const unfinished = '.okiagari-installing';

interface Place {
  readonly name: string;
  readonly prefix: string;
}

/** `<prefix>/node_modules/<name>`; undefined for a path that npm would not have made. */
function placeOf(path: string): Place | undefined {
  const match = /^(\/.*?)\/node_modules\/((?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*)$/.exec(path);
  return match ? { prefix: match[1]!, name: match[2]! } : undefined;
}

/** What the inventory wants and what is there; undefined where it names no package or no version of it. */
export async function installationOf(ports: Ports, { agentPackage }: ToolStoreTarget): Promise<AgentInstallation | undefined> {
  const place = agentPackage && placeOf(agentPackage.path);
  if (place === undefined || agentPackage?.version === undefined) return undefined;
  const { prefix } = place;
  const prefixThere = await isThere(ports, prefix);
  return { ...place, prefixThere, before: await wholeVersion(ports, place), version: agentPackage.version };
}

export const isThere = (ports: Ports, folder: string): Promise<boolean> =>
  ports.files.freeBytes(folder).then(
    () => true,
    (error: unknown) => {
      if (['ENOENT', 'ENOTDIR'].includes((error as { code?: string }).code ?? '')) return false;
      throw error;
    },
  );

async function wholeVersion(ports: Ports, { prefix, name }: Place): Promise<string | null> {
  if (!(await isThere(ports, prefix))) return null;
  if ((await ports.files.look({ root: prefix, path: unfinished })) !== undefined) return null;
  const { version } = await packageFacts(ports, `${prefix}/node_modules/${name}`);
  return version ?? null;
}

/** What its `package.json` says; nothing where there is none. */
export async function packageFacts(
  ports: Ports,
  folder: string,
): Promise<{ readonly version?: string; readonly engines?: { readonly node?: string } }> {
  if (!(await isThere(ports, folder))) return {};
  const text = await ports.files.readDocument({ root: folder, path: 'package.json' });
  try {
    return text === undefined ? {} : (JSON.parse(text) as object);
  } catch {
    return {};
  }
}

/** Installs this version, without running scripts of packages. Registry and certificates are those of npm's own configuration. */
export function install(ports: Ports, { name, prefix }: Place, version: string, signal?: AbortSignal): Promise<void> {
  const flags = ['--prefix', prefix, '--save-exact', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  return npm(ports, prefix, ['npm', 'install', ...flags, `${name}@${version}`], signal);
}

export function uninstall(ports: Ports, { name, prefix }: Place, signal?: AbortSignal): Promise<void> {
  return npm(ports, prefix, ['npm', 'uninstall', '--prefix', prefix, '--ignore-scripts', '--no-audit', name], signal);
}

async function npm(ports: Ports, prefix: string, argv: readonly string[], signal?: AbortSignal): Promise<void> {
  const mark = { root: prefix, path: unfinished };
  await ports.files.makeFolder({ root: prefix, path: '' });
  await ports.files.writeDocument(mark, '');
  const { exitCode, ended, stderr } = await ports.commands.run(argv, { timeoutMs: npmMs, signal });
  if (exitCode === 0) return ports.files.remove(mark);
  const said = stderr.trim().slice(0, 500);
  const how = exitCode === null ? ended : String(exitCode);
  throw fail('agent-install-failed', {
    en: `${argv.join(' ')} ended with ${how}${said === '' ? '.' : `: ${said}`}`,
    ja: `${argv.join(' ')} が ${how} で終わりました${said === '' ? '。' : `: ${said}`}`,
  });
}
