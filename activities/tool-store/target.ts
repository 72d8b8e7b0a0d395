/** Finds a tool-store target in the inventory, and says what a file system's refusal means for it. */
import type { RepositoryEntry } from '../../contracts/inventory.ts';
import type { ToolStoreSettings } from '../../contracts/tool-store-settings.ts';
import { fail } from '../../domain/fail.ts';
import { agentFolder } from '../../domain/tool-store/layout.ts';
import { UnsafePath } from '../../domain/tool-store/unsafe-path.ts';
import type { Ports } from '../ports/index.ts';

export interface ToolStoreTarget extends ToolStoreSettings {
  readonly id: string;
  readonly repositoryEntries: readonly RepositoryEntry[];
}

/** The target as the inventory of this moment declares it. Fails: unknown-target. */
export function toolStoreTarget(ports: Ports, id: string): ToolStoreTarget {
  const inventory = ports.inventory();
  const entry = inventory.targets.find((target) => target.id === id && target.kind === 'tool-store');
  if (entry === undefined) {
    throw fail('unknown-target', { en: `There is no tool store ${id}.`, ja: `ツールストア ${id} はありません。` });
  }
  const settings = entry as unknown as ToolStoreSettings;
  const repositoryEntries = settings.repositories.flatMap((name) => inventory.repositories.filter((one) => one.id === name));
  return { ...settings, id, repositoryEntries };
}

/** Fails with target-missing when the root, or with `agent` the `.pi` folder, is not there. */
export async function requireRoot(ports: Ports, { root }: ToolStoreTarget, need: 'root' | 'agent' = 'root'): Promise<void> {
  const there = await ports.files.freeBytes(root).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return false;
      throw error;
    },
  );
  const missing = !there ? root : undefined;
  if (missing !== undefined) throw missingFolder(missing);
  if (need === 'agent' && (await ports.files.look({ root, path: agentFolder })) === undefined) {
    throw missingFolder(`${root}/${agentFolder}`);
  }
}

const missingFolder = (path: string) => fail('target-missing', { en: `${path} does not exist.`, ja: `${path} が存在しません。` });

export const codeOf = (error: unknown): string | undefined => (error as { code?: string } | undefined)?.code;

/** Runs work below a target's root, where a link in the way is a fault of the target. Fails: target-missing. */
export async function withinTarget<T>({ root }: ToolStoreTarget, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UnsafePath)) throw error;
    throw fail('target-missing', {
      en: `${root}: ${error.message}. Links are never followed; put a real folder or file in its place, or move it away.`,
      ja: `${root}: ${error.path} はリンクか通常のファイル・フォルダーではありません。リンクはたどらないため、実体に置き換えるか移動してください。`,
    });
  }
}

/** Turns a refused write into a sentence that names the place, and for a full disk what is missing. Anything else stays as it is. */
export async function explainWrite(error: unknown, where: string, needed: number, free: () => Promise<number>): Promise<unknown> {
  const code = codeOf(error);
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    const why =
      code === 'EROFS'
        ? { en: 'the file system is read-only', ja: 'ファイルシステムが読み取り専用' }
        : { en: 'permission is denied', ja: '権限不足' };
    return fail('target-read-only', {
      en: `${where} cannot be written: ${why.en}.`,
      ja: `${where} に書き込めません(${why.ja})。`,
    });
  }
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const missing = Math.max(1, needed - (await free().catch(() => 0)));
    return fail('disk-full', {
      en: `No room at ${where}: ${missing} bytes are missing of ${needed}.`,
      ja: `${where} の空きが足りません。必要な ${needed} バイトのうち ${missing} バイトが不足しています。`,
    });
  }
  return error;
}
