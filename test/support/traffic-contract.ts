/** What every place that spreads requests does alike, proxy or name; whoever runs it brings a real one with the servers `prod` and `dr`. */
import { expect, test } from 'vitest';
import type { Place, Traffic } from '../../activities/ports/traffic.ts';
import { isLive, type Setting } from '../../domain/traffic/words.ts';

export interface TrafficWorld<P extends Place> {
  readonly traffic: Traffic<P>;
  /** Has 100 for `prod` and 0 for `dr` when a test begins. */
  readonly place: P;
  readonly backend?: string;
  /** It answers nobody until it is told to again. */
  readonly silence: () => void;
  readonly speak: () => void;
}

export function trafficContract<P extends Place>(world: () => TrafficWorld<P>): void {
  const settings = async (): Promise<Setting[]> => {
    const { traffic, place, backend } = world();
    const report = await traffic.look(place, backend);
    if (!isLive(report)) throw new Error(report.said);
    expect(report).toMatchObject({ node: place.id, level: 'admin' });
    return report.servers.map(({ server, weight, state }) => ({ server, weight, state }));
  };
  const set = (...all: Setting[]): Promise<void> => {
    const { traffic, place, backend } = world();
    return traffic.set(place, backend, all);
  };
  const [prod, dr, gone, none] = [
    { server: 'prod', weight: 100, state: 'ready' },
    { server: 'dr', weight: 0, state: 'ready' },
    { server: 'prod', weight: 0, state: 'drain' },
    { server: 'nope', weight: 1, state: 'ready' },
  ] as const;

  test('what is set is told by the next look, twice is fine, and what is not named stays', async () => {
    expect(await settings()).toEqual([prod, dr]);
    for (let n = 0; n < 2; n++) await set({ ...dr, weight: 40 });
    expect(await settings()).toEqual([prod, { ...dr, weight: 40 }]);
  });
  test('a server that is drained is told as that, and is there again as it was', async () => {
    await set({ ...dr, weight: 100 }, gone);
    expect(await settings()).toEqual([gone, { ...dr, weight: 100 }]);
    await set(prod, dr);
    expect(await settings()).toEqual([prod, dr]);
  });
  test('a server that it does not have is refused', async () => {
    await expect(set(none)).rejects.toMatchObject({ type: 'proxy-refused' });
    expect(await settings()).toEqual([prod, dr]);
  });
  test('saving is fine twice', async () => {
    const { traffic, place } = world();
    for (let n = 0; n < 2; n++) await traffic.save(place);
    expect(await settings()).toEqual([prod, dr]);
  });
  test('one that does not answer is told by a look, and fails what would set it', async () => {
    const { traffic, place, backend, silence, speak } = world();
    silence();
    try {
      expect(await traffic.look(place, backend)).toMatchObject({ node: place.id, answers: false, why: 'unreachable' });
      await expect(set(prod)).rejects.toMatchObject({ type: 'proxy-refused' });
    } finally {
      speak();
    }
  });
}
