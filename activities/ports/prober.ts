/** Tries to reach what tools depend on. One attempt each; nothing is sent but the question whether somebody is there. */
import type { Reach } from '../../domain/timeouts/words.ts';

/** Never throws for what the other side does. Times in milliseconds; at the limit it is `timed-out`. */
export interface Prober {
  /** A GET; redirects are an answer, and the body is not read. */
  askHttp(url: string, limitMs: number, signal?: AbortSignal): Promise<Reach>;
  /** A TCP connection, closed at once. */
  connectTcp(host: string, port: number, limitMs: number, signal?: AbortSignal): Promise<Reach>;
}
