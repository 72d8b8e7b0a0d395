/** What a proxy tells of the servers that requests are spread over, and what can be set there. */
import type { SilentNode } from '../silent-node.ts';

/** `drain`: no new sessions; `maint`: taken out by a person, checks and all. */
export type ServerState = 'ready' | 'drain' | 'maint';

export interface Setting {
  readonly server: string;
  /** 0 to 256, relative to the other servers. */
  readonly weight: number;
  readonly state: ServerState;
}

/** Since the proxy was started. */
export interface Counters {
  /** Ended, well or not. */
  readonly requests: number;
  /** Answered with 5xx, cut off, or not to be connected. */
  readonly failed: number;
  /** Mean time to the response over the last 1,024 requests. */
  readonly latencyMs: number;
}

export interface ServerView extends Setting, Counters {
  /** The weight that the configuration gives it. */
  readonly initial: number;
  /** Passes its health checks, or has none. */
  readonly isUp: boolean;
  /** Under way now. */
  readonly sessions: number;
}

export interface LiveProxy {
  readonly node: string;
  readonly answers: true;
  /** What our connection may do: `admin` is needed to change anything. */
  readonly level: string;
  readonly servers: readonly ServerView[];
  /** What a restart would bring back; undefined where the inventory names no state file, empty where there is none. */
  readonly saved?: readonly Setting[];
}

export type ProxyReport = LiveProxy | SilentNode;

export const isLive = (report: ProxyReport): report is LiveProxy => report.answers;

/** Side → names of its servers in the backend. */
export type Sides = Readonly<Record<string, readonly string[]>>;
