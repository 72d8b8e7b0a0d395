/** The environment: defaults of the interface, every wrong variable named without its value, secrets read when they are used. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readClientEnvironment } from '../../config/client-environment.ts';
import { certificatePlaces, EnvironmentError, readEnvironment, resolveSecret } from '../../config/environment.ts';

const refusal = (source: NodeJS.ProcessEnv): string => {
  try {
    readEnvironment(source);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.message;
    throw error;
  }
  throw new Error('The environment was taken.');
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'okiagari-environment-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the environment', () => {
  test('may say nothing: then it is as the interface says', () => {
    expect(readEnvironment({})).toEqual({
      OKIAGARI_INVENTORY: './okiagari.yaml',
      OKIAGARI_DATA: './.okiagari',
      OKIAGARI_API_HOST: '127.0.0.1',
      OKIAGARI_API_PORT: 8080,
      OKIAGARI_LOG_LEVEL: 'info',
      OKIAGARI_SITE: 'main',
      OKIAGARI_TEMPORAL_UI_PORT: 8233,
      OKIAGARI_TEMPORAL_PORT: 7233,
    });
  });
  test('with an empty variable is as without it', () => {
    expect(readEnvironment({ OKIAGARI_API_PORT: '', OKIAGARI_DATA: '', TEMPORAL_ADDRESS: '' })).toEqual(readEnvironment({}));
  });
  test('says ports as numbers, and 0 means any free one', () => {
    expect(readEnvironment({ OKIAGARI_API_PORT: '0' }).OKIAGARI_API_PORT).toBe(0);
    expect(readEnvironment({ OKIAGARI_API_PORT: '65535' }).OKIAGARI_API_PORT).toBe(65_535);
  });
  test('keeps variables of others to themselves', () => {
    expect(Object.keys(readEnvironment({ HOME: '/root', AWS_SECRET_ACCESS_KEY: 'hunter2' }))).toEqual(
      Object.keys(readEnvironment({})),
    );
  });
  test.each([
    ['OKIAGARI_API_PORT', 'hunter2'],
    ['OKIAGARI_API_PORT', '65536'],
    ['OKIAGARI_API_PORT', '-1'],
    ['OKIAGARI_API_PORT', '80.5'],
    ['OKIAGARI_TEMPORAL_PORT', 'hunter2'],
    ['OKIAGARI_TEMPORAL_UI_PORT', 'hunter2'],
    ['OKIAGARI_LOG_LEVEL', 'hunter2'],
    ['OKIAGARI_SITE', 'Hunter 2'],
  ])('%s=%s is refused by its name, the value is not repeated', (name, value) => {
    const message = refusal({ [name]: value });
    expect(message).toMatch(new RegExp(`^${name}: `));
    expect(message.toLowerCase()).not.toContain(value.toLowerCase());
  });
  test('with many faults names every one, a line each', () => {
    const message = refusal({ OKIAGARI_API_PORT: 'x', OKIAGARI_LOG_LEVEL: 'loud', OKIAGARI_SITE: '-' });
    expect(message.split('\n').map((line) => line.split(':')[0])).toEqual([
      'OKIAGARI_API_PORT',
      'OKIAGARI_LOG_LEVEL',
      'OKIAGARI_SITE',
    ]);
  });
});

describe('a secret', () => {
  test('is read from the variable that is named, at the moment of use', () => {
    const source: NodeJS.ProcessEnv = { TOKEN: 'first' };
    expect(resolveSecret({ env: 'TOKEN' }, source)).toBe('first');
    source['TOKEN'] = 'second';
    expect(resolveSecret({ env: 'TOKEN' }, source)).toBe('second');
  });
  test('is read from the file that is named, without the line end, also after it was replaced', () => {
    const file = join(folder, 'token');
    writeFileSync(file, 'first\n');
    expect(resolveSecret({ file })).toBe('first');
    writeFileSync(file, 'second\n');
    expect(resolveSecret({ file })).toBe('second');
  });
  test('that is not there, or empty, is none: an empty token must not open a door', () => {
    writeFileSync(join(folder, 'empty'), ' \n');
    expect(resolveSecret({ env: 'TOKEN' }, {})).toBeUndefined();
    expect(resolveSecret({ env: 'TOKEN' }, { TOKEN: '' })).toBeUndefined();
    expect(resolveSecret({ file: join(folder, 'nothing') })).toBeUndefined();
    expect(resolveSecret({ file: join(folder, 'empty') })).toBeUndefined();
    expect(resolveSecret({ file: folder })).toBeUndefined();
  });
});

describe('a client of the API', () => {
  test('asks the API of this machine, on the port that the service itself would take', () => {
    expect(readClientEnvironment({})).toEqual({ api: 'http://127.0.0.1:8080', token: undefined });
    expect(readClientEnvironment({ OKIAGARI_API_PORT: '9000' }).api).toBe('http://127.0.0.1:9000');
    expect(readClientEnvironment({ OKIAGARI_API: 'https://dr.example.jp', OKIAGARI_API_PORT: '9000' }).api).toBe(
      'https://dr.example.jp',
    );
  });
  test('has its token from the environment, else from the file that is named', () => {
    const file = join(folder, 'client-token');
    writeFileSync(file, 'from-file\n');
    expect(readClientEnvironment({ OKIAGARI_TOKEN_FILE: file }).token).toBe('from-file');
    expect(readClientEnvironment({ OKIAGARI_TOKEN: 'stated', OKIAGARI_TOKEN_FILE: file }).token).toBe('stated');
  });
});

test('commands learn where certificates lie, and nothing else of ours', () => {
  const source = { NODE_EXTRA_CA_CERTS: '/etc/company.pem', SSL_CERT_FILE: '', TOKEN_HANA: 'canary' };
  expect(certificatePlaces(source)).toEqual({ NODE_EXTRA_CA_CERTS: '/etc/company.pem' });
});
