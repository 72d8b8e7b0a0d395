/** Whether a machine can carry the system: each thing measured beside what it has to be. Changes nothing. */
import { leastFreeBytes, systemFolders } from '../../domain/full-system/environment.ts';
import { satisfies } from '../../domain/full-system/node-range.ts';
import { size } from '../../domain/sizes.ts';
import type { Text } from '../../domain/text.ts';
import type { Check } from '../../domain/verification.ts';
import type { Ports } from '../ports/index.ts';
import { saidBy } from '../backup-keeping/repository-failure.ts';
import { requireRoot, toolStoreTarget, type ToolStoreTarget } from '../tool-store/target.ts';
import { packageFacts } from './agent-package.ts';

const nodeMs = 10_000;

export async function checkEnvironment(
  ports: Ports,
  input: { readonly target: string },
  signal?: AbortSignal,
): Promise<readonly Check[]> {
  const target = toolStoreTarget(ports, input.target);
  await requireRoot(ports, target);
  return [
    await folders(ports, target),
    await room(ports, target),
    await repositories(ports, target),
    ...(target.sources.length === 0 ? [] : [await sources(ports, target, signal)]),
    ...(target.agentPackage === undefined ? [] : await agent(ports, target, signal)),
  ];
}

const check = (id: string, ok: boolean, en: string, ja: string): Check => ({ id, ok, sentence: { en, ja } });

async function folders(ports: Ports, { root }: ToolStoreTarget): Promise<Check> {
  const facts = await Promise.all(systemFolders.map((path) => ports.files.look({ root, path })));
  const missing = systemFolders.filter((_, index) => facts[index]?.kind !== 'folder');
  return missing.length === 0
    ? check(
        'folders',
        true,
        `All ${systemFolders.length} folders are there.`,
        `フォルダー ${systemFolders.length} 件があります。`,
      )
    : check('folders', false, `Missing: ${missing.join(', ')}.`, `不足: ${missing.join('、')}。`);
}

async function room(ports: Ports, { root }: ToolStoreTarget): Promise<Check> {
  const free = await ports.files.freeBytes(root);
  const [has, needs] = [size(free), size(leastFreeBytes)];
  return check('room', free >= leastFreeBytes, `${has} are free, ${needs} needed.`, `空き ${has}(必要 ${needs})。`);
}

/** One that answers is enough to restore from; the silent ones are named. */
async function repositories(ports: Ports, target: ToolStoreTarget): Promise<Check> {
  const tried = await Promise.all(
    target.repositoryEntries.map((entry) =>
      ports
        .repositories(entry)
        .list(target.id)
        .then(
          () => undefined,
          (error: unknown): Text => saidBy(error),
        ),
    ),
  );
  const silent = tried.flatMap((said) => said ?? []);
  const answering = tried.length - silent.length;
  const of = `${answering}/${tried.length}`;
  return check(
    'repositories',
    answering > 0,
    [`${of} repositories answer.`, ...silent.map(({ en }) => en)].join(' '),
    [`リポジトリ ${of} 件が応答。`, ...silent.map(({ ja }) => ja)].join(''),
  );
}

async function sources(ports: Ports, target: ToolStoreTarget, signal?: AbortSignal): Promise<Check> {
  const tried = await Promise.all(
    target.sources.map((source) =>
      ports.sources.resolve(source, signal).then(
        () => undefined,
        (error: unknown): Text => saidBy(error),
      ),
    ),
  );
  const silent = tried.flatMap((said) => said ?? []);
  return silent.length === 0
    ? check('sources', true, `${tried.length} git source(s) answer.`, `git ソース ${tried.length} 件が応答。`)
    : check('sources', false, silent.map(({ en }) => en).join(' '), silent.map(({ ja }) => ja).join(''));
}

/** The package as declared, and the Node that its own `engines` asks for. */
async function agent(ports: Ports, target: ToolStoreTarget, signal?: AbortSignal): Promise<Check[]> {
  const { path, version: wanted } = target.agentPackage!;
  const { version, engines } = await packageFacts(ports, path);
  const fits = version !== undefined && (wanted === undefined || version === wanted);
  const found = version ?? '-';
  const range = engines?.node ?? '*';
  const node = await nodeVersion(ports, target.node, signal);
  return [
    check(
      'agent-package',
      fits,
      `${path} is ${found}, wanted ${wanted ?? 'any'}.`,
      `${path} は ${found}(指定 ${wanted ?? 'なし'})。`,
    ),
    check(
      'node',
      satisfies(node, range),
      `Node is ${node || '-'}, the agent asks for ${range}.`,
      `Node は ${node || '-'}(要求 ${range})。`,
    ),
  ];
}

async function nodeVersion(ports: Ports, node: string | undefined, signal?: AbortSignal): Promise<string> {
  if (node === undefined) return process.version;
  const said = await ports.commands.run([node, '-e', 'process.stderr.write(process.version)'], { timeoutMs: nodeMs, signal });
  return said.exitCode === 0 ? said.stderr.trim() : '';
}
