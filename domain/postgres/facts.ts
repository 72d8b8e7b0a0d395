/** What workflows may know of a PostgreSQL cluster: no address, no secret. */
export interface PostgresFacts {
  /** Ids of its nodes, in the order of the inventory. */
  readonly nodes: readonly string[];
  /** Ids of what clients connect through. */
  readonly endpoints: readonly string[];
  /** It declares backups. */
  readonly hasBackups: boolean;
  /** It decides who is primary; undefined in recoveries from before it was known. */
  readonly isRunByPatroni?: boolean;
}
