/** What became of an endpoint that was to lead elsewhere. */

export interface Repointed {
  readonly endpoint: string;
  /** `already`: it led there, perhaps by an attempt that was killed. */
  readonly outcome: 'changed' | 'already';
  /** What stood there, exactly. Left out where there was no file, where it is long, and where it looks like it holds a secret. */
  readonly before?: string;
}
