/** Names that give code a reach beyond its parameters. */
import type { DangerKind } from './words.ts';

type Names = Readonly<Record<string, DangerKind>>;
const all = (kind: DangerKind, names: string): [string, DangerKind][] => names.split(' ').map((name) => [name, kind]);
const table = (...rows: [string, DangerKind][][]): Names => Object.fromEntries(rows.flat());

/** Names for the global object itself. */
export const globalNames = new Set(['globalThis', 'window', 'self', 'global', 'frames']);

/** Names that the surroundings may give. */
export const freeNames: Names = table(
  all('evaluation', 'eval Function execScript WebAssembly ShadowRealm importScripts vm'),
  all('process', 'child_process spawn spawnSync exec execSync execFile execFileSync fork Deno Bun Worker'),
  all('write', 'fs fsPromises localStorage indexedDB'),
  all('network', 'fetch XMLHttpRequest WebSocket EventSource http https RTCPeerConnection'),
);

/** Names so distinctive that whatever bears them is what it seems. `constructor` has rules of its own. */
export const memberNames: Names = table(
  all(
    'evaluation',
    'eval Function runInContext runInNewContext runInThisContext compileFunction prepareStackTrace callee caller',
  ),
  all('process', 'spawn spawnSync execSync execFile execFileSync dlopen getBuiltinModule mainModule _linkedBinding'),
  all(
    'write',
    'writeFile writeFileSync appendFile appendFileSync unlink unlinkSync rmSync rmdir rmdirSync mkdirSync createWriteStream',
  ),
  all('write', 'truncateSync renameSync copyFileSync chmodSync chownSync symlinkSync'),
  all('network', 'XMLHttpRequest WebSocket EventSource sendBeacon'),
  all('pollution', '__proto__ __defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__ setPrototypeOf'),
);

/** What of `process` says nothing but where one is. */
export const harmlessOfProcess = new Set(
  'platform version versions arch hrtime uptime memoryUsage nextTick argv0 release'.split(' '),
);

export const modules: Names = table(
  all('evaluation', 'vm module repl inspector v8'),
  all('process', 'child_process worker_threads cluster process'),
  all('write', 'fs fs/promises'),
  all('network', 'http https http2 net tls dgram dns dns/promises undici axios node-fetch ws got'),
  all('secrets', 'os'),
);
export const harmlessModules = new Set(
  'assert buffer crypto events path path/posix punycode querystring string_decoder url util timers/promises perf_hooks'.split(
    ' ',
  ),
);

/** Shared by all code of one context. */
export const sharedObjects = new Set(
  'Object Array String Number Boolean Function Symbol Promise Map Set Date RegExp Error JSON Math Reflect Proxy'.split(' '),
);
