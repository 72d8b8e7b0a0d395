/** What one look at a DNS server brought. */
import type { RecordSet } from './records.ts';

export interface ServerAnswer {
  readonly server: string;
  readonly answers: true;
  /** Of the zone; authoritative servers alone. */
  readonly serial: number;
  /** How long others keep in mind that something is not there, in seconds. */
  readonly negativeTtl: number;
  /** In the order of the places that were asked for; null where there is nothing. */
  readonly sets: readonly (RecordSet | null)[];
}

export interface SilentServer {
  readonly server: string;
  readonly answers: false;
  /** `not-serving`: it is there and does not know the zone, or refuses us. */
  readonly why: 'unreachable' | 'not-serving';
  readonly said: string;
}

export type ServerLook = ServerAnswer | SilentServer;

/** Whether changes would be taken: how the primary takes a request that is signed with our key, or what is wrong with its file. */
export type KeyLook =
  | { readonly ok: true; readonly of: ChangedBy }
  | { readonly ok: false; readonly of: ChangedBy; readonly isSilent: boolean; readonly said: string };
export type ChangedBy = 'key' | 'file' | 'account';
