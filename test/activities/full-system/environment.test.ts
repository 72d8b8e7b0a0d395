/** A machine made fit: folders and agent by plan, checked, and taken back, by the real npm from a registry on loopback. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createFullSystemActivities } from '../../../activities/full-system/create-full-system-activities.ts';
import { createCommandRunner } from '../../../adapters/process/run-command.ts';
import { startNpmRegistry } from '../../support/npm-registry.ts';
import { failureOf, makeWorld, picture, recovery, target } from '../tool-store/world.ts';

const name = '@x/agent';

/** `engines` is what the package asks for. */
async function machine({ version = '2.0.0', engines = '>=20', sources = [] as object[] } = {}) {
  const registry = await startNpmRegistry(name);
  onTestFinished(() => registry.stop());
  for (const one of ['1.0.0', '1.5.0', '2.0.0']) {
    await registry.publish(one, { engines: { node: engines }, scripts: { postinstall: 'touch ran' } });
  }
  let prefix = '';
  const world = await makeWorld({
    wrap: (ports) => {
      const home = dirname(ports.data);
      writeFileSync(join(home, '.npmrc'), registry.npmrc);
      prefix = join(home, 'agent');
      const inventory = ports.inventory();
      const targets = inventory.targets.map((one) => ({
        ...one,
        sources,
        agentPackage: { path: `${prefix}/node_modules/${name}`, version },
      }));
      return {
        ...ports,
        inventory: () => ({ ...inventory, targets }),
        commands: createCommandRunner({ PATH: process.env['PATH']!, HOME: home }),
      };
    },
  });
  const system = createFullSystemActivities(world.ports);
  const plan = () => system.planEnvironment({ target, recovery });
  const apply = async () => {
    const { ref, digest } = await plan();
    return { ref, receipt: await system.applyEnvironment({ target, plan: ref, digest }) };
  };
  /** As an administrator would, before us. */
  const npmInstall = (earlier: string) =>
    world.ports.commands.run(['npm', 'install', '--prefix', prefix, `${name}@${earlier}`], { timeoutMs: 60_000 });
  const versionThere = (): string =>
    (JSON.parse(readFileSync(join(prefix, 'node_modules', name, 'package.json'), 'utf8')) as { version: string }).version;
  const checks = async () =>
    Object.fromEntries((await system.checkEnvironment({ target })).map(({ id, ok, sentence }) => [id, ok || sentence.en]));
  return { ...world, registry, prefix, system, plan, apply, npmInstall, versionThere, checks };
}

test('an empty machine gets its folders and its agent, and is found fit; planned again there is nothing to do', async () => {
  const one = await machine();
  rmSync(one.root, { recursive: true });
  const { counts, size } = await one.plan();
  expect([counts.add, counts.overwrite, size.items]).toEqual([9, 0, 9]);
  await one.apply();
  expect(one.versionThere()).toBe('2.0.0');
  expect(existsSync(join(one.prefix, 'node_modules', name, 'ran')), 'its install script').toBe(false);
  expect(await one.checks()).toEqual({ folders: true, room: true, repositories: true, 'agent-package': true, node: true });
  expect((await one.plan()).size.items).toBe(0);
});

test('taken back, the machine is as empty as before, also twice and after half of it', async () => {
  const one = await machine();
  rmSync(one.root, { recursive: true });
  const { ref } = await one.apply();
  for (let twice = 0; twice < 2; twice++) await one.system.undoEnvironment({ target, plan: ref });
  expect([existsSync(one.root), existsSync(one.prefix)]).toEqual([false, false]);
});

test('where npm keeps other packages, only ours goes when it is taken back', async () => {
  const one = await machine();
  mkdirSync(one.prefix);
  writeFileSync(join(one.prefix, 'package.json'), '{"private":true}');
  const { ref } = await one.apply();
  expect(one.versionThere()).toBe('2.0.0');
  await one.system.undoEnvironment({ target, plan: ref });
  expect(readdirSync(one.prefix).filter((entry) => entry !== 'package-lock.json')).toEqual(['node_modules', 'package.json']);
  expect(existsSync(join(one.prefix, 'node_modules', name))).toBe(false);
});

test('what was there stays when it is taken back: folders with files in them, and the version before', async () => {
  const one = await machine();
  await one.npmInstall('1.0.0');
  const before = picture(one.root);
  const { counts, ref } = await one.plan();
  expect(counts.overwrite).toBe(1);
  await one.apply();
  expect(one.versionThere()).toBe('2.0.0');
  await one.system.undoEnvironment({ target, plan: ref });
  expect(one.versionThere()).toBe('1.0.0');
  expect(picture(one.root)).toEqual(before);
});

test('an npm that fails is told with its words; what it left is not taken for an installation', async () => {
  const one = await machine();
  one.registry.refused.add('2.0.0');
  const failure = await failureOf(one.apply());
  expect(failure.code).toBe('agent-install-failed');
  expect(failure.message).toContain('npm error 503');
  expect((await one.plan()).counts).toMatchObject({ add: expect.any(Number) as number });
  one.registry.refused.clear();
  await one.apply();
  expect((await one.plan()).size.items).toBe(0);
});

test('an agent that changed since the plan is not touched', async () => {
  const one = await machine();
  const { ref, digest } = await one.plan();
  await one.npmInstall('1.5.0');
  expect((await failureOf(one.system.applyEnvironment({ target, plan: ref, digest }))).code).toBe('plan-changed');
  expect(one.versionThere()).toBe('1.5.0');
});

test('each thing that is not fit is named: Node, package, folders, a git source that does not answer', async () => {
  const one = await machine({
    engines: '>=99',
    sources: [{ path: '.pi/extensions', git: '/nowhere.git', ref: 'main', folder: '' }],
  });
  await one.apply();
  rmSync(join(one.root, '.pi/backups'), { recursive: true });
  writeFileSync(join(one.prefix, 'node_modules', name, 'package.json'), '{"version":"1.0.0","engines":{"node":">=99"}}');
  const checks = await one.checks();
  expect(checks).toMatchObject({ folders: 'Missing: .pi/backups.', room: true, repositories: true });
  expect(checks['agent-package']).toContain('is 1.0.0, wanted 2.0.0');
  expect(checks['node']).toContain('the agent asks for >=99');
  expect(checks['sources']).not.toBe(true);
});
