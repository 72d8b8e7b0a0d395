/** A machine made fit: folders and agent by plan, checked, and taken back; npm is a stand-in that leaves what npm would. */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { createFullSystemActivities } from '../../../activities/full-system/create-full-system-activities.ts';
import { createCommandRunner } from '../../../adapters/process/run-command.ts';
import { failureOf, makeWorld, picture, recovery, target } from '../tool-store/world.ts';

const name = '@x/agent';

/** `engines` is what the package of the stand-in asks for. */
async function machine({ version = '2.0.0', engines = '>=20', sources = [] as object[] } = {}) {
  let prefix = '';
  const world = await makeWorld({
    wrap: (ports) => {
      const folder = dirname(ports.data);
      prefix = join(folder, 'agent');
      const bin = join(folder, 'bin');
      mkdirSync(bin);
      const npm = `#!/bin/sh
echo "$@" >> ${folder}/npm-said
at="${prefix}/node_modules/${name}"
case "$1" in
  install) for last; do :; done; mkdir -p "$at"; echo "{\\"version\\":\\"\${last##*@}\\",\\"engines\\":{\\"node\\":\\"${engines}\\"}}" > "$at/package.json"; test ! -e ${folder}/npm-fails || { echo "npm error ETARGET" >&2; exit 1; } ;;
  uninstall) rm -r "$at" ;;
esac
`;
      writeFileSync(join(bin, 'npm'), npm);
      chmodSync(join(bin, 'npm'), 0o755);
      const inventory = ports.inventory();
      const targets = inventory.targets.map((one) => ({
        ...one,
        sources,
        agentPackage: { path: `${prefix}/node_modules/${name}`, version },
      }));
      return {
        ...ports,
        inventory: () => ({ ...inventory, targets }),
        commands: createCommandRunner({ PATH: `${bin}:/usr/bin:/bin` }),
      };
    },
  });
  const system = createFullSystemActivities(world.ports);
  const plan = () => system.planEnvironment({ target, recovery });
  const apply = async () => {
    const { ref, digest } = await plan();
    return { ref, receipt: await system.applyEnvironment({ target, plan: ref, digest }) };
  };
  const versionThere = (): string =>
    (JSON.parse(readFileSync(join(prefix, 'node_modules', name, 'package.json'), 'utf8')) as { version: string }).version;
  const checks = async () =>
    Object.fromEntries((await system.checkEnvironment({ target })).map(({ id, ok, sentence }) => [id, ok || sentence.en]));
  return { ...world, prefix, system, plan, apply, versionThere, checks };
}

test('an empty machine gets its folders and its agent, and is found fit; planned again there is nothing to do', async () => {
  const one = await machine();
  rmSync(one.root, { recursive: true });
  const { counts, size } = await one.plan();
  expect([counts.add, counts.overwrite, size.items]).toEqual([9, 0, 9]);
  await one.apply();
  expect(one.versionThere()).toBe('2.0.0');
  expect(readFileSync(join(one.folder, 'npm-said'), 'utf8')).toContain(
    `--ignore-scripts --no-audit --no-fund --loglevel=error ${name}@2.0.0`,
  );
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

test('what was there stays when it is taken back: folders with files in them, and the version before', async () => {
  const one = await machine();
  mkdirSync(join(one.prefix, 'node_modules', name), { recursive: true });
  writeFileSync(join(one.prefix, 'node_modules', name, 'package.json'), '{"version":"1.0.0"}');
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
  writeFileSync(join(one.folder, 'npm-fails'), '');
  const failure = await failureOf(one.apply());
  expect(failure.code).toBe('agent-install-failed');
  expect(failure.message).toContain('npm error ETARGET');
  expect((await one.plan()).counts).toMatchObject({ add: expect.any(Number) as number });
  rmSync(join(one.folder, 'npm-fails'));
  await one.apply();
  expect((await one.plan()).size.items).toBe(0);
});

test('an agent that changed since the plan is not touched', async () => {
  const one = await machine();
  const { ref, digest } = await one.plan();
  mkdirSync(join(one.prefix, 'node_modules', name), { recursive: true });
  writeFileSync(join(one.prefix, 'node_modules', name, 'package.json'), '{"version":"1.5.0"}');
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
