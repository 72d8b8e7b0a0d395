/**
 * Replaces a log that others append to, without a gap and without a lost line: the old file gets a second name, the new one is
 * renamed over it, and whatever still reaches the old file is brought over as long as somebody has it open.
 */
import { fail } from '../../domain/fail.ts';
import { broughtOver, withMerged, wholeLines, writtenPart, type Merged, type SwapJournal } from '../../domain/audit-log/swap.ts';
import { folderOf } from '../../domain/tool-store/layout.ts';
import type { Place } from '../ports/file-tree.ts';
import type { Ports } from '../ports/index.ts';
import { journalAt, readJournal } from './swap-journal.ts';

export interface Replacement {
  readonly root: string;
  readonly log: string;
  /** Finished and synced, beside the log, with its mode and owner; left out, nothing takes the log's place. */
  readonly prepared?: string | undefined;
  /** Under this name the old file stays, whole. */
  readonly keepAs: string;
  /** Inode that `prepared` was made from, and how many of its bytes it covers; null where there was no log. */
  readonly old: string | null;
  readonly consumed: number;
  /** Names the replacement: the same name goes on with the same one. */
  readonly name: string;
  /** What of the old file's later bytes goes to the new one: whole lines, always the same answer for the same bytes. */
  readonly late: (bytes: Uint8Array, offset: number) => Uint8Array;
}

export interface Replaced {
  /** Bytes of the old file that are in the new one: all of them. */
  readonly consumed: number;
  readonly merged: readonly Merged[];
  /** Some processes could not be looked into: the old file was watched until it had stood still for a while. */
  readonly unseen: boolean;
}

/** How long a file that others still have open is watched. */
const watchMs = 60_000;
/** Where processes are hidden from us, a file that stands still so long counts as closed. */
const stillMs = 2_000;
const pollMs = 50;
/** One append, one write: long enough to keep up with a writer at full speed. */
const appendBytes = 256 * 1024;
/** A line that is longer comes over in pieces. */
const longestLine = 64 * 1024 * 1024;

/** May run twice, also after a kill at any instant. Fails: plan-changed (another log is in place), log-held-open. */
export async function replaceLog(ports: Ports, what: Replacement, signal?: AbortSignal): Promise<Replaced> {
  const swap = await Swap.open(ports, what);
  await swap.putInPlace();
  return swap.settle(signal);
}

/** Finishes an append that an earlier attempt may have died in; brings nothing else over. Answers all that was brought, and the new log's inode. */
export async function finishAppend(
  ports: Ports,
  what: Replacement,
): Promise<{ readonly merged: readonly Merged[]; readonly next: string | null }> {
  const swap = await Swap.open(ports, what);
  return { merged: await swap.finishPending(), next: swap.next };
}

/** Forgets that there was such a replacement. Twice is fine. */
export const forgetReplacement = (ports: Ports, name: string): Promise<void> => ports.files.remove(journalAt(ports, name));

class Swap {
  readonly #ports: Ports;
  readonly #what: Replacement;
  readonly #log: Place;
  readonly #kept: Place;
  #journal: SwapJournal;

  constructor(ports: Ports, what: Replacement, journal: SwapJournal) {
    this.#ports = ports;
    this.#what = what;
    this.#log = { root: what.root, path: what.log };
    this.#kept = { root: what.root, path: what.keepAs };
    this.#journal = journal;
  }

  static async open(ports: Ports, what: Replacement): Promise<Swap> {
    const earlier = await readJournal(ports, what.name);
    if (earlier !== undefined) return new Swap(ports, what, earlier);
    const { root, prepared, keepAs, old, consumed } = what;
    const next = prepared === undefined ? null : ((await ports.logs.lookAt({ root, path: prepared }))?.inode ?? null);
    if (prepared !== undefined && next === null) throw moved(what);
    const swap = new Swap(ports, what, { version: 1, old, next, keepAs, consumed, merged: [], settled: false });
    await swap.#remember({});
    return swap;
  }

  get next(): string | null {
    return this.#journal.next;
  }

  async putInPlace(): Promise<void> {
    const { old, next } = this.#journal;
    const { root, log, prepared, keepAs } = this.#what;
    const { files, logs } = this.#ports;
    const now = (await logs.lookAt(this.#log))?.inode ?? null;
    if (next === null) {
      // Once the log has gone, whoever appends makes another one.
      if (now === old && old !== null) await files.rename(root, log, keepAs);
      else if ((await logs.lookAt(this.#kept))?.inode !== old) throw moved(this.#what);
      return files.syncFolder({ root, path: folderOf(log) });
    }
    if (now === next) return old === null ? files.remove({ root, path: prepared! }) : undefined;
    if (now !== old) throw moved(this.#what);
    // A name in the way of a new log makes this fail; an old one stays reachable from before the swap on.
    if (old === null) await this.#takeName(prepared!, log, next);
    else {
      await this.#takeName(log, keepAs, old);
      await files.rename(root, prepared!, log);
    }
    await files.syncFolder({ root, path: folderOf(log) });
    if (old === null) await files.remove({ root, path: prepared! });
  }

  /** Links, unless an earlier attempt did. */
  async #takeName(from: string, to: string, inode: string): Promise<void> {
    try {
      await this.#ports.logs.link(this.#what.root, from, to);
    } catch (error) {
      if ((error as { code?: string }).code !== 'EEXIST') throw error;
    }
    const there = await this.#ports.logs.lookAt({ root: this.#what.root, path: to });
    if (there?.inode !== inode) throw moved(this.#what);
  }

  /** Watches the old file until nobody can append to it any more, bringing over what comes. */
  async settle(signal?: AbortSignal): Promise<Replaced> {
    const { old } = this.#journal;
    let unseen = false;
    if (old !== null && !this.#journal.settled) {
      await this.finishPending();
      const deadline = performance.now() + watchMs;
      let stillSince = performance.now();
      let quietLooks = 0;
      for (;;) {
        if (await this.#bringOver(false)) stillSince = performance.now();
        const { named, hidden } = await this.#ports.logs.listWriters(old);
        unseen = hidden;
        // Who was just opening it while we looked is seen by the second look.
        quietLooks = named.length === 0 ? quietLooks + 1 : 0;
        if (quietLooks >= 2 && (!hidden || performance.now() - stillSince > stillMs)) break;
        if (performance.now() > deadline) throw heldOpen(this.#what, named);
        signal?.throwIfAborted();
        await new Promise((resolve) => setTimeout(resolve, pollMs));
      }
      await this.#bringOver(true);
      await this.#remember({ settled: true });
    }
    return { consumed: broughtOver(this.#journal), merged: this.#journal.merged, unseen };
  }

  /** Answers whether anything had come. `isFinal`: nobody finishes the last line any more. */
  async #bringOver(isFinal: boolean): Promise<boolean> {
    let any = false;
    for (;;) {
      const from = broughtOver(this.#journal);
      const size = (await this.#ports.logs.lookAt(this.#kept))?.bytes ?? 0;
      if (size <= from) return any;
      const to = await this.#cut(from, size, isFinal);
      if (to === from) return any;
      await this.#bring(from, to);
      any = true;
    }
  }

  /** The end of the next piece: whole lines, or one long one. */
  async #cut(from: number, size: number, isFinal: boolean): Promise<number> {
    for (let most = appendBytes; ; most *= 4) {
      const bytes = await this.#ports.logs.readSlice(this.#kept, from, Math.min(size, from + most));
      const end = wholeLines(bytes, isFinal && from + bytes.length === size);
      if (end > 0 || from + bytes.length >= size) return from + end;
      if (most >= longestLine) return from + bytes.length;
    }
  }

  async #bring(from: number, to: number): Promise<void> {
    const { logs } = this.#ports;
    const bytes = await this.#lateOf(from, to);
    const live = (await logs.lookAt(this.#log))?.bytes ?? 0;
    if (bytes.length > 0) {
      await this.#remember({ pending: { from, to, live } });
      await logs.append(this.#log, bytes);
    }
    await this.#found({ from, to, live }, [bytes]);
  }

  /** Whether an append that was about to happen did, is told by the log itself. */
  async finishPending(): Promise<readonly Merged[]> {
    const { pending } = this.#journal;
    if (pending === undefined) return this.#journal.merged;
    const { logs } = this.#ports;
    const bytes = await this.#lateOf(pending.from, pending.to);
    const isThere = async (part: Uint8Array): Promise<boolean> =>
      (await logs.lookAt(this.#log)) !== undefined && (await logs.lookFor(this.#log, part, pending.live)) !== undefined;
    const there = (await isThere(bytes)) ? bytes.length : await writtenPart(bytes, isThere);
    if (there < bytes.length) await logs.append(this.#log, bytes.subarray(there));
    await this.#found(pending, [bytes.subarray(0, there), bytes.subarray(there)]);
    await this.#remember({});
    return this.#journal.merged;
  }

  async #lateOf(from: number, to: number): Promise<Uint8Array> {
    return this.#what.late(await this.#ports.logs.readSlice(this.#kept, from, to), from);
  }

  /** Not written down yet: with the next piece, or at the end. Forgotten by a kill, it is found in the log again. */
  async #found({ from, to, live }: NonNullable<SwapJournal['pending']>, parts: readonly Uint8Array[]): Promise<void> {
    let { merged } = this.#journal;
    for (const part of parts) {
      const at = part.length === 0 ? live : await this.#ports.logs.lookFor(this.#log, part, live);
      if (at === undefined) throw moved(this.#what);
      merged = withMerged(merged, { from: merged.at(-1)?.to === to ? to : from, to, at, bytes: part.length });
    }
    this.#journal = { ...this.#journal, merged, pending: undefined };
  }

  async #remember(news: Partial<SwapJournal>): Promise<void> {
    this.#journal = { ...this.#journal, ...news };
    await this.#ports.files.writeDocument(journalAt(this.#ports, this.#what.name), JSON.stringify(this.#journal));
  }
}

const moved = ({ log, root }: Replacement) =>
  fail('plan-changed', {
    en: `${log} in ${root} is no longer the file that the plan was made from.`,
    ja: `${root} の ${log} は計画を作成した時のファイルではありません。`,
  });

const heldOpen = ({ keepAs }: Replacement, writers: readonly string[]) =>
  fail('log-held-open', {
    en: `${keepAs} is still open for writing after ${watchMs / 1000} s: ${writers.join(', ') || 'by a process that cannot be seen'}.`,
    ja: `${keepAs} が ${watchMs / 1000} 秒後も書き込み用に開かれています: ${writers.join('、') || '確認できないプロセス'}。`,
  });
