/** What an empty machine lacks before a tool store can come back to it, as a plan. */
import { digestOf } from '../digest.ts';
import type { Plan, PlannedChange } from '../recovery.ts';
import type { Text } from '../text.ts';

/** Folders of a tool store, parents first. */
export const systemFolders: readonly string[] = [
  '.pi',
  '.pi/tools',
  '.pi/logs',
  '.pi/backups',
  '.pi/extensions',
  '.pi/lib',
  '.pi/lib/dynamic-tools',
];

/** The least that has to be free, in bytes. */
export const leastFreeBytes = 1_000_000_000;

/** The agent's npm package: what is there, and what the inventory wants. */
export interface AgentInstallation {
  readonly name: string;
  /** Folder that holds `node_modules`. */
  readonly prefix: string;
  readonly prefixThere: boolean;
  /** Version that is whole there; null for none. */
  readonly before: string | null;
  readonly version: string;
}

export interface EnvironmentPlan {
  readonly version: 1;
  readonly target: string;
  /** Relative to the root, parents first; an empty one is the root itself. */
  readonly folders: readonly string[];
  readonly agent: AgentInstallation | null;
  readonly digest: string;
}

/** `missing` are folders as in the plan. The same machine gives the same plan. */
export function decideEnvironment(
  target: string,
  missing: readonly string[],
  agent: AgentInstallation | undefined,
): EnvironmentPlan {
  const body = {
    version: 1,
    target,
    folders: missing,
    agent: agent === undefined || agent.before === agent.version ? null : agent,
  } as const;
  return { ...body, digest: digestOf(body) };
}

export function environmentHead({ folders, agent, digest }: EnvironmentPlan, ref: string): Plan {
  const replaces = agent !== null && agent.before !== null;
  const changes: PlannedChange[] = [
    ...folders.map((path): PlannedChange => ({ action: 'add', path: path === '' ? '.' : path, after: 'folder' })),
    ...(agent === null
      ? []
      : [
          {
            action: replaces ? ('overwrite' as const) : ('add' as const),
            path: `${agent.prefix}/node_modules/${agent.name}`,
            ...(agent.before !== null && { before: agent.before }),
            after: agent.version,
          },
        ]),
  ];
  const items = changes.length;
  return {
    summary: summarize(folders.length, agent),
    digest,
    size: { items, bytes: 0, share: items === 0 ? 0 : items / (systemFolders.length + 2) },
    counts: { add: items - (replaces ? 1 : 0), overwrite: replaces ? 1 : 0, keep: 0, remove: 0 },
    changes,
    truncated: false,
    ref,
  };
}

function summarize(folders: number, agent: AgentInstallation | null): Text {
  if (folders === 0 && agent === null) return { en: 'The machine has all it needs.', ja: '必要な物は揃っています。' };
  const install =
    agent === null
      ? { en: '', ja: '' }
      : {
          en: ` Install ${agent.name} ${agent.version}${agent.before === null ? '' : ` over ${agent.before}`}.`,
          ja: `${agent.name} ${agent.version} を${agent.before === null ? '' : ` ${agent.before} の上に`}導入。`,
        };
  return { en: `Make ${folders} folder(s).${install.en}`, ja: `フォルダー ${folders} 件を作成。${install.ja}` };
}
