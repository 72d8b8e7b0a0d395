/** What the steps of a breach hand each other: receipts and references; the whole stands in the record store. */
import type { Text } from '../text.ts';

/** A hashed copy of everything that may tell what happened; it outlives the recovery, however that ends. */
export interface EvidenceReceipt {
  /** Folder below the data folder. */
  readonly ref: string;
  readonly files: number;
  readonly bytes: number;
  readonly digest: string;
}

/** A file in the tools folder that does not deserve trust. */
export interface Suspicion {
  readonly path: string;
  readonly name: string;
  readonly reasons: readonly Text[];
}

export interface Finding {
  readonly id: string;
  readonly sentence: Text;
}

/** The whole of an examination, as kept. */
export interface Examination {
  readonly target: string;
  /** The newest verified backup from before the breach; absent where there is none to compare with. */
  readonly baseline?: string;
  readonly brokenSince?: string;
  readonly suspicions: readonly Suspicion[];
  readonly findings: readonly Finding[];
}

export interface ExaminationReceipt {
  /** Record that holds the whole. */
  readonly ref: string;
  readonly digest: string;
  readonly suspicious: number;
  readonly findings: readonly Finding[];
  readonly sentence: Text;
}

/** What of a backup may come back. */
export interface TrustedTools {
  readonly tools: readonly string[];
  readonly leftOut: number;
  /** The first few. */
  readonly why: readonly Suspicion[];
}

/** What people say about tools, by id, name or file name. */
export interface Judgement {
  /** Suspicious, whatever they look like. */
  readonly tools: readonly string[];
  /** Trusted, whatever they look like. */
  readonly trusted: readonly string[];
}
