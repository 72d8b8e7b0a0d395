/** Long activities beat, and stop when they are cancelled; outside of Temporal they are plain functions. */
import { readdirSync, rmSync } from 'node:fs';
import { CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test, vi } from 'vitest';
import { alive } from '../../activities/alive.ts';
import { makeWorld, picture, recovery, target } from './tool-store/world.ts';

test('beats at once and then at least every half second while work goes on, and not after', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    const environment = new MockActivityEnvironment();
    let beats = 0;
    let finish: () => void = () => undefined;
    environment.on('heartbeat', () => (beats += 1));
    const run = environment.run(() => alive(() => new Promise<void>((resolve) => (finish = resolve))));
    expect(beats).toBe(1);
    vi.advanceTimersByTime(1_000);
    expect(beats).toBeGreaterThanOrEqual(3);
    finish();
    await run;
    const after = beats;
    vi.advanceTimersByTime(5_000);
    expect(beats).toBe(after);
  } finally {
    vi.useRealTimers();
  }
});

test('without an activity around it only does the work', async () => {
  expect(await alive((signal) => Promise.resolve(signal))).toBeUndefined();
});

test('a restore that is cancelled while it stages replaces nothing and leaves nothing', async () => {
  let armed = false;
  const environment = new MockActivityEnvironment();
  const world = await makeWorld({
    wrap: (ports) => ({
      ...ports,
      repositories: (entry) => {
        const repository = ports.repositories(entry);
        return {
          ...repository,
          async fetch(...args) {
            const copied = await repository.fetch(...args);
            if (armed) environment.cancel();
            return copied;
          },
        };
      },
    }),
  });
  const id = await world.verified('2026-11-22T02:00:00.000Z');
  // One file only: the cancellation comes after the last byte was staged and before anything was replaced.
  rmSync(world.live(world.sample.tools[0]!.path));
  const plan = await world.tools.planRestore({ target, recovery, backup: id });
  const before = picture(world.root);
  const input = { target, plan: plan.ref, digest: plan.digest, protectedAs: 'none' };
  armed = true;
  let work: Promise<unknown> = Promise.resolve();
  const run = (one: typeof input) => (work = world.tools.applyRestore(one));
  await expect(environment.run(run, input)).rejects.toBeInstanceOf(CancelledFailure);
  // The environment gives up at once; what counts is how the work itself ends.
  await expect(work).rejects.toBeInstanceOf(CancelledFailure);
  expect(picture(world.root)).toEqual(before);
});

test('a backup that is cancelled leaves no backup', async () => {
  const environment = new MockActivityEnvironment();
  const world = await makeWorld({ logLines: 30_000 });
  environment.cancel();
  const input = { target, id: '20261122T020000Z-full-1a2b3c', kind: 'full' as const, startedAt: '2026-11-22T02:00:00.000Z' };
  const work = environment.run((one: typeof input) => world.tools.takeToolStoreBackup(one), input);
  await expect(work).rejects.toBeInstanceOf(CancelledFailure);
  expect(await world.tools.listToolStoreBackups({ target })).toEqual([]);
  expect(readdirSync(world.root)).toEqual(['.pi']);
});
