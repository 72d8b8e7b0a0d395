/** What a proxy or a weighted name tells of the servers that requests are spread over, and what can be set there. */
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
  /** Of a weighted name: so many milliseconds somebody may keep an answer. It counts no requests and checks no server. */
  readonly keptMs?: number;
  /** Authoritative servers of a weighted name that do not serve what the first of them has. */
  readonly behind?: readonly string[];
  /** Authoritative servers of a weighted name, but the first, that do not answer. */
  readonly silent?: readonly SilentNode[];
}

export type ProxyReport = LiveProxy | SilentNode;

export const isLive = (report: ProxyReport): report is LiveProxy => report.answers;

/** Who says nothing there, and why; undefined where all answer. */
export function silenceOf(report: ProxyReport): string | undefined {
  if (!isLive(report)) return report.said;
  return report.silent?.map(({ node, said }) => `${node}: ${said}`).join(', ') || undefined;
}

/** Everybody there answers. */
export const isWhole = (report: ProxyReport): report is LiveProxy => silenceOf(report) === undefined;

/** A line for each where somebody says nothing. */
export const silencesIn = (reports: readonly ProxyReport[]): string[] =>
  reports.flatMap((report) => {
    const why = silenceOf(report);
    return why === undefined ? [] : [`${report.node}: ${why}`];
  });

/** Whether it sees requests and servers itself; a weighted name sees neither. */
export const sees = ({ keptMs }: Pick<LiveProxy, 'keptMs'>): boolean => keptMs === undefined;

/** What is not as it is wanted: servers by their names, and authoritative servers that have something else. */
export const otherThan = (wanted: readonly Setting[], { servers, behind = [] }: LiveProxy): string[] => [
  ...wanted
    .filter(
      ({ server, weight, state }) =>
        !servers.some((one) => one.server === server && one.weight === weight && one.state === state),
    )
    .map(({ server }) => server),
  ...behind,
];

/** Side → names of its servers in the backend. */
export type Sides = Readonly<Record<string, readonly string[]>>;
