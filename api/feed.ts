/** The ledger of one running recovery, polled once for all who follow it, quickly while it moves and slowly while it waits. */
import { ledgerQuery } from '../domain/messages.ts';
import { hasEnded, type LedgerEntry } from '../domain/recovery.ts';
import type { Gateway, RunAddress } from './gateway.ts';
import type { Known, Located, RecoveryReader } from './recovery-reader.ts';

/** Told every entry once, in order, to the `end`, which is the last. */
export interface Follower {
  entry(entry: LedgerEntry): void;
  ended(): void;
}

export interface Feeds {
  /** Follows from the beginning of the ledger. Answers how to leave; the last who leaves stops the polling. */
  follow(id: string, follower: Follower): () => void;
  /** How many recoveries are polled now. */
  readonly open: number;
  close(): void;
}

const quickMs = 150;
const slowMs = 500;
/** A run that is silent this long may have been terminated or reset: then nobody writes an end. */
const lookAfterMs = 2_000;

export function createFeeds(gateway: Gateway, reader: RecoveryReader): Feeds {
  const feeds = new Map<string, Feed>();
  return {
    follow(id, follower) {
      let feed = feeds.get(id);
      if (!feed) feeds.set(id, (feed = new Feed(id, gateway, reader, () => feeds.delete(id))));
      return feed.join(follower);
    },
    get open() {
      return feeds.size;
    },
    close() {
      for (const feed of feeds.values()) feed.stop();
    },
  };
}

class Feed {
  readonly #id: string;
  readonly #gateway: Gateway;
  readonly #reader: RecoveryReader;
  readonly #onStop: () => void;
  readonly #entries: LedgerEntry[] = [];
  readonly #followers = new Set<Follower>();
  #timer: NodeJS.Timeout | undefined;
  #pauseMs = quickMs;
  #heardAt = Date.now();
  #stopped = false;
  #located: Located | undefined;
  #run: RunAddress | undefined;

  constructor(id: string, gateway: Gateway, reader: RecoveryReader, onStop: () => void) {
    this.#id = id;
    this.#gateway = gateway;
    this.#reader = reader;
    this.#onStop = onStop;
    this.#timer = setTimeout(() => void this.#poll(), 0);
  }

  join(follower: Follower): () => void {
    this.#followers.add(follower);
    for (const entry of this.#entries) follower.entry(entry);
    return () => {
      this.#followers.delete(follower);
      if (this.#followers.size === 0) this.stop();
    };
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#onStop();
  }

  async #poll(): Promise<void> {
    try {
      await this.#look();
    } catch {
      // Temporal or the worker is away: followers wait, as the recovery does.
      this.#pauseMs = slowMs;
    }
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#poll(), this.#pauseMs);
  }

  async #look(): Promise<void> {
    this.#located ??= await this.#reader.locate(this.#id);
    this.#run ??= await this.#reader.run(this.#located);
    try {
      // The exact run: the newest of the same workflow id may be another recovery of the target by now.
      if (this.#run) this.#tell(await this.#gateway.queryRun(this.#run, ledgerQuery, this.#entries.length));
    } finally {
      if (!this.#stopped && Date.now() - this.#heardAt > lookAfterMs) await this.#lookWhetherItLives();
    }
  }

  async #lookWhetherItLives(): Promise<void> {
    this.#heardAt = Date.now();
    const newest = await this.#reader.run(this.#located!);
    if (newest?.state === 'running') {
      this.#run = newest;
      return;
    }
    const known = await this.#reader.read(this.#id);
    if (!hasEnded(known.state.status)) return;
    const ledger = await this.#reader.ledger(this.#id).catch(() => []);
    this.#tell(withEnd(ledger, known).slice(this.#entries.length));
  }

  #tell(fresh: readonly LedgerEntry[]): void {
    this.#pauseMs = fresh.length > 0 ? quickMs : Math.min(this.#pauseMs * 1.5, slowMs);
    if (fresh.length > 0) this.#heardAt = Date.now();
    for (const entry of fresh) {
      this.#entries.push(entry);
      for (const follower of this.#followers) follower.entry(entry);
      if (entry.event !== 'end') continue;
      this.stop();
      for (const follower of this.#followers) follower.ended();
      return;
    }
  }
}

/** The ledger of an ended recovery; one that was terminated wrote no end, so it gets one. */
export function withEnd(ledger: readonly LedgerEntry[], { state }: Known): readonly LedgerEntry[] {
  if (ledger.at(-1)?.event === 'end') return ledger;
  const number = (ledger.at(-1)?.number ?? 0) + 1;
  return [...ledger, { number, at: state.endedAt ?? state.startedAt, event: 'end', status: state.status }];
}
