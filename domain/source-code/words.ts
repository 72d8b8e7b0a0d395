/** What activities about git sources hand over: small, whatever the repository holds. */
import type { Text } from '../text.ts';

/** How one declared folder stands to its source. Lists hold the first names, `counts` all of them. */
export interface SourceComparison {
  readonly path: string;
  readonly git: string;
  readonly ref: string;
  /** Absent where `fault` says why nothing could be compared. */
  readonly commit?: string;
  readonly counts: { readonly missing: number; readonly differing: number; readonly extra: number; readonly strange: number };
  readonly missing: readonly string[];
  readonly differing: readonly string[];
  readonly extra: readonly string[];
  readonly strange: readonly string[];
  readonly fault?: Text;
}

export interface SourcesReceipt {
  readonly written: number;
  /** Found as wanted. */
  readonly already: number;
  readonly movedOut: number;
}
