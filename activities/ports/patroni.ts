/** Patroni as its REST API shows it on each node. It decides who is primary; we look, ask, and wait. */
import type { PostgresSettings } from '../../contracts/postgres-settings.ts';
import type { PatroniReport } from '../../domain/postgres/patroni/patroni-report.ts';

type Settings = PostgresSettings['nodes'][number];
export type PatroniNode = Pick<Settings, 'id'> & { readonly patroni: NonNullable<Settings['patroni']> };

/** Names are Patroni's own. */
export interface LeaderWish {
  /** The leader that is to step down; undefined where there is none, or whoever it is. */
  readonly from?: string | undefined;
  readonly to: string;
}

export interface Patroni {
  /** One look, in bounded time. Never throws for what the other side does or does not do. Reads only. */
  look(node: PatroniNode, signal?: AbortSignal): Promise<PatroniReport>;
  /**
   * Asks for another leader: with `from` a switchover, which Patroni refuses where it would lose something it knows of; without, a
   * failover to exactly that node. Resolves when Patroni has answered, or has not within half a minute: only a look tells what
   * became of it. May run twice. Fails: patroni-refused.
   */
  lead(node: PatroniNode, login: PostgresSettings['roles']['patroni'], wish: LeaderWish, signal?: AbortSignal): Promise<void>;
}
