/** A worker that says when it begins an activity and when it calls the outside world, so that a node of it can die right then. */
import { workerHere, type RunWorker } from './store-stack.ts';

/** Before an activity its name; around a call to a port `call: before` and `call: after`. `node` is the one that it is about. */
export type OnMoment = (moment: string, node?: string) => void;

export interface Moments {
  readonly worker: (address: string) => RunWorker;
  /** From now on, for a target and the nodes at these ports. */
  listen(target: string, ports: readonly number[], on: OnMoment): void;
}

type Activity = (input: { target: string; node?: string }, ...more: unknown[]) => Promise<unknown>;
type Call = (node: { port: number }, ...more: unknown[]) => Promise<unknown>;

/** `calls`: which methods of which ports are told of; their first argument is a node. */
export function createMoments(kind: 'Postgres' | 'Redis', calls: Readonly<Record<string, readonly string[]>> = {}): Moments {
  const listeners = new Map<string | number, OnMoment>();
  const told = (port: object, names: readonly string[]): object => ({
    ...port,
    ...Object.fromEntries(
      names.map((name) => [
        name,
        async (...[node, ...more]: Parameters<Call>) => {
          listeners.get(node.port)?.(`${name}: before`);
          const result = await (port as Record<string, Call>)[name]!(node, ...more);
          listeners.get(node.port)?.(`${name}: after`);
          return result;
        },
      ]),
    ),
  });
  const announced = (activities: object): object =>
    Object.fromEntries(
      Object.entries(activities as Record<string, Activity>).map(([name, work]) => [
        name,
        (...[input, ...more]: Parameters<Activity>) => {
          if (name.includes(kind)) listeners.get(input.target)?.(name, input.node);
          return work(input, ...more);
        },
      ]),
    );

  return {
    worker: (address) =>
      workerHere(
        address,
        (ports) => {
          const known = ports as unknown as Record<string, object>;
          const changed = Object.entries(calls).map(([port, names]) => [port, told(known[port]!, names)] as const);
          return { ...ports, ...Object.fromEntries(changed) };
        },
        announced,
      ),
    listen(target, ports, on) {
      for (const key of [target, ...ports]) listeners.set(key, on);
    },
  };
}
