/** The journal of a replacement: how far it is, for whoever goes on with it. */
import type { SwapJournal } from '../../domain/audit-log/swap.ts';
import type { Place } from '../ports/file-tree.ts';
import type { Ports } from '../ports/index.ts';

/** How far the replacement of that name is. `begun`: its files are chosen, the old log is still in place. */
export async function replacementState(
  ports: Ports,
  { root, log, name }: { readonly root: string; readonly log: string; readonly name: string },
): Promise<'none' | 'begun' | 'replaced'> {
  const journal = await readJournal(ports, name);
  if (journal === undefined) return 'none';
  const now = (await ports.logs.lookAt({ root, path: log }))?.inode ?? null;
  if (journal.next !== null) return now === journal.next ? 'replaced' : 'begun';
  return (await ports.logs.lookAt({ root, path: journal.keepAs }))?.inode === journal.old ? 'replaced' : 'begun';
}

/** Where the replacement of that name keeps its journal: among our own data. */
export const journalAt = (ports: Ports, name: string): Place => ({ root: ports.data, path: `swaps/${name}.json` });

export async function readJournal(ports: Ports, name: string): Promise<SwapJournal | undefined> {
  const text = await ports.files.readDocument(journalAt(ports, name));
  return text === undefined ? undefined : (JSON.parse(text) as SwapJournal);
}
