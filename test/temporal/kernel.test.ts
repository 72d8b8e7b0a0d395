/** The kernel's words on a real Temporal server, told by toys: no word knows what kind of target it works on. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTemporalServer, type TemporalServer } from '../support/temporal-server.ts';
import { startToyStack, type ToyStack } from '../support/toy/stack.ts';

let server: TemporalServer;
let toys: ToyStack;

beforeAll(async () => {
  server = await startTemporalServer();
  toys = await startToyStack(
    server,
    ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((id) => `  - { id: ${id}, kind: toy }\n`).join(''),
  );
});
afterAll(async () => {
  await toys.stop();
  await server.stop();
});

describe('a change', () => {
  test('that overwrites nothing is applied without asking, verified, and recovered', async () => {
    const id = await toys.start({ scenario: 'toy-set', target: 'a', input: { value: 5 } });
    const state = await toys.result(id);
    expect(state.status).toBe('recovered');
    expect(state.steps.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['hold target', 'done'],
      ['set', 'done'],
      ['verify', 'done'],
    ]);
    expect(toys.world.read('a')).toBe(5);
  });
});
