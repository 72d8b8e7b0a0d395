/** Tries to reach what tools depend on. One attempt each; nothing is sent but the question whether somebody is there. */
import type { Fetched } from '../../domain/cdn.ts';
import type { Reach } from '../../domain/timeouts/words.ts';

/** Never throws for what the other side does. Times in milliseconds; at the limit it is `timed-out`. */
export interface Prober {
  /** A GET; redirects are an answer, and the body is not read. */
  askHttp(url: string, limitMs: number, signal?: AbortSignal): Promise<Reach>;
  /** The same with another name in the Host header than the address has, on a connection of its own. */
  askHost(url: string, host: string, limitMs: number, signal?: AbortSignal): Promise<Reach>;
  /** A GET as a user does it, through whatever stands between; redirects are an answer, and of the body the first 64 KiB are read. */
  readHttp(url: string, limitMs: number, signal?: AbortSignal): Promise<Fetched>;
  /** A TCP connection, closed at once. */
  connectTcp(host: string, port: number, limitMs: number, signal?: AbortSignal): Promise<Reach>;
}
