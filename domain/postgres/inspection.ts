/** What a look through one database tells of its integrity. Lists hold names, at most the first few, beside their count. */

export interface Named {
  readonly count: number;
  readonly names: readonly string[];
}

export interface Inspection {
  readonly database: string;
  readonly tables: number;
  /** As PostgreSQL's statistics estimate them. */
  readonly rows: number;
  /** Constraints that were never held against the rows that were there before them. */
  readonly unvalidated: Named;
  readonly invalidIndexes: Named;
  /** Collations whose rules are of another version than those their indexes were sorted by. */
  readonly movedCollations: Named;
  /** Pages whose checksum was wrong, since statistics were reset; null where the cluster has no checksums. */
  readonly checksumFailures: number | null;
  readonly sequences: number;
  /** Sequences that would give a number out again. */
  readonly behind: Named;
  /** B-tree indexes held against their order by `amcheck`. */
  readonly indexCheck:
    | { readonly is: 'done'; readonly indexes: number; readonly of: number; readonly broken: Named }
    | { readonly is: 'not-installed' }
    | { readonly is: 'not-allowed' };
}
