/** Moves one file so that at every instant it is whole under its old name or its new one, and nothing is ever overwritten. */
import { liveName, markOf } from '../../domain/set-aside/set-aside-world.ts';
import { folderOf, temporaryBeside, toolBytesLimit } from '../../domain/tool-store/layout.ts';
import type { FileState, LinkState } from '../../domain/tool-store/restore-plan.ts';
import { judgeToolFile } from '../../domain/tool-store/tool-file.ts';
import type { Ports } from '../ports/index.ts';
import { fileState } from '../tool-store/scan-store.ts';
import { codeOf } from '../tool-store/target.ts';

/** What lies somewhere, with the mark that use does not change. */
export interface Seen {
  readonly state: FileState | LinkState;
  readonly mark: string;
}

/** Undefined for nothing; `other` for what is neither a file nor a link. */
export async function seeAt(ports: Ports, root: string, path: string): Promise<Seen | 'other' | undefined> {
  const facts = await ports.files.look({ root, path });
  if (facts === undefined) return undefined;
  if (facts.kind === 'link') {
    const state: LinkState = { kind: 'link', pointsTo: facts.pointsTo ?? '' };
    return { state, mark: markOf({ path, state }) };
  }
  if (facts.kind !== 'file') return 'other';
  try {
    const read = await ports.files.read({ root, path }, toolBytesLimit);
    const state = fileState(read.facts, read.sha256, read.bytes);
    const judged = path.endsWith('.json') ? { judged: judgeToolFile(liveName(path), read.content) } : {};
    return { state, mark: markOf({ path, state, ...judged }) };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

interface Leg {
  readonly from: string;
  readonly to: string;
  readonly seen: Seen;
  /** Two files instead of two names of one: where both are meant to stay. */
  readonly copy: boolean;
}

/** File systems that know no second names, or two of them. */
const noSecondName = ['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** Brings what lies at `from` to `to` as well. Answers false where something stands there by now, or `from` is no longer what was seen. */
export async function bringTo(ports: Ports, root: string, { from, to, seen, copy }: Leg): Promise<boolean> {
  const { files } = ports;
  const { state } = seen;
  await files.makeFolder({ root, path: folderOf(to) });
  try {
    if (state.kind === 'link') await files.makeLink({ root, path: to }, state.pointsTo);
    else if (copy || !(await link(ports, root, from, to))) {
      if (!(await copyBeside(ports, root, from, to, state))) return false;
    }
  } catch (error) {
    if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOENT') return false;
    throw error;
  }
  await files.syncFolder({ root, path: folderOf(to) });
  return true;
}

/** Answers false where there are no second names. */
async function link(ports: Ports, root: string, from: string, to: string): Promise<boolean> {
  try {
    await ports.files.link(root, from, to);
    return true;
  } catch (error) {
    if (noSecondName.includes(codeOf(error) ?? '')) return false;
    throw error;
  }
}

/** A whole copy first, checked, then under its name in one step. Answers false where it is not what was seen, or its place is taken. */
async function copyBeside(ports: Ports, root: string, from: string, to: string, state: FileState): Promise<boolean> {
  const { files } = ports;
  const beside = temporaryBeside(to, globalThis.crypto.randomUUID().slice(0, 8));
  try {
    const { mode, uid, gid } = state;
    const modifiedAt = (await files.look({ root, path: from }))?.modifiedAt;
    const options = { mode, owner: { uid, gid }, modifiedAt, durable: true };
    const { sha256 } = await files.copy({ root, path: from }, { root, path: beside }, options);
    if (sha256 !== state.sha256) return false;
    if (await link(ports, root, beside, to)) return true;
    if ((await files.look({ root, path: to })) !== undefined) return false;
    await files.rename(root, beside, to);
    return true;
  } finally {
    await files.remove({ root, path: beside });
  }
}

/** Takes the name at `path` away, once the same lies at `kept`. Answers false, and leaves it, where it does not. */
export async function forget(ports: Ports, root: string, path: string, kept: string): Promise<boolean> {
  const [here, there] = await Promise.all([seeAt(ports, root, path), seeAt(ports, root, kept)]);
  if (here === undefined) return true;
  if (!isSame(here, there)) return false;
  await ports.files.remove({ root, path });
  await ports.files.syncFolder({ root, path: folderOf(path) });
  return true;
}

/** Byte for byte, or links to the same place. */
export function isSame(one: Seen | 'other' | undefined, other: Seen | 'other' | undefined): boolean {
  if (one === undefined || other === undefined || one === 'other' || other === 'other') return false;
  const [a, b] = [one.state, other.state];
  return a.kind === 'link' ? b.kind === 'link' && a.pointsTo === b.pointsTo : b.kind === 'file' && a.sha256 === b.sha256;
}

/** The same tool, used since or not. */
export const isStill = (seen: Seen | 'other' | undefined, mark: string): seen is Seen =>
  seen !== undefined && seen !== 'other' && seen.mark === mark;
