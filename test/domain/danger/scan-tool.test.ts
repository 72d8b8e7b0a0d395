/** What the scan of a tool's code tells: every hidden form of what is dangerous, and nothing of what only looks like it. */
import { describe, expect, test } from 'vitest';
import { sampleTools } from '../../../adapters/playground/sample-tools.ts';
import { scanTool } from '../../../domain/danger/scan-tool.ts';

const kindsOf = (code: string, mode = 'function'): string[] => [...new Set(scanTool({ mode, code }).map(({ kind }) => kind))];
const execute = (body: string): string => `function execute(params) {\n  ${body}\n}`;

const dangerous: Record<string, readonly string[]> = {
  evaluation: [
    'eval(params.x)',
    '(0, eval)(params.x)',
    '(1 && 0, eval)("1")',
    'const e = eval; e(params.x)',
    'globalThis.eval("1")',
    'globalThis["ev" + "al"]("1")',
    "const n = 'ev'; globalThis[n + 'al']('1')",
    "globalThis[['e', 'v', 'a', 'l'].join('')]('1')",
    "globalThis['lave'.split('').reverse().join('')]('1')",
    "globalThis[String.fromCharCode(101, 118, 97, 108)]('1')",
    "globalThis[atob('ZXZhbA==')]('1')",
    'globalThis[`ev${"al"}`]("1")',
    'this["eval"]("1")',
    'new Function("return 1")()',
    'Function("return 1")()',
    'const { eval: run } = params.scope; run("1")',
    '(() => {}).constructor("return this")()',
    '[].constructor.constructor("return process")()',
    "''['constructor']['constructor']('return 1')()",
    "const c = 'con' + 'structor'; [][c][c]('return 1')()",
    'const { constructor } = () => {}; constructor("1")',
    'Object.getPrototypeOf(async function () {}).constructor("1")',
    "Reflect.get(Object, 'constructor')('1')",
    "Object.getOwnPropertyDescriptor(params, 'constructor')",
    'setTimeout("alert(1)", 1)',
    'setInterval(`run(${params.x})`, 1)',
    'require("vm").runInNewContext("1")',
    'Error.prepareStackTrace = (e, s) => s',
    'return arguments.callee.caller',
    'Function`return 1`()',
    '\\u0065val("1")',
    'globalThis?.["eval"]?.("1")',
    '(params.x || globalThis).eval("1")',
    'class F extends Function {} new F("1")()',
    'const run = (p = eval) => p("1"); run()',
  ],
  process: [
    'require("child_process").execSync("id")',
    "require('child' + '_process')",
    'require("node:child_process")',
    'import("child_process")',
    'spawn("id")',
    'execSync("id")',
    'params.cp.spawnSync("id")',
    'process.exit(1)',
    'process.binding("spawn_sync")',
    'process.mainModule.require("x")',
    'process.getBuiltinModule("fs")',
    'globalThis.process.kill(1)',
    'Deno.run({})',
  ],
  write: [
    'require("fs").rmSync("/x")',
    'fs.unlinkSync("/x")',
    'params.disk.writeFileSync("/x", "")',
    'params.disk["append" + "FileSync"]("/x")',
    'import("fs/promises")',
  ],
  network: [
    'fetch("https://x")',
    'globalThis.fetch("https://x")',
    'new WebSocket("wss://x")',
    'require("https").request("x")',
    'import("node:net")',
    'const send = fetch; send("x")',
  ],
  secrets: ['return process.env.HOME', 'return process["e" + "nv"]', 'return globalThis.process.env'],
  pollution: [
    'params.x.__proto__.y = 1',
    "params['__pro' + 'to__'] = {}",
    'return { __proto__: params }',
    'Object.setPrototypeOf(params, null)',
    'Array.prototype.map = () => []',
    'Object.prototype["x"] = 1',
    'Object.assign(Object.prototype, params)',
    'Object.defineProperty(Array.prototype, "x", {})',
    'JSON.parse = () => ({})',
    'params.__defineGetter__("x", () => 1)',
  ],
  endless: [
    'while (true) {}',
    'for (;;) { params.x++ }',
    'do { params.x } while (1)',
    'const go = true; while (go) { params.x() }',
    'while (true) { for (const x of params.xs) break }',
    'for (;;) { [1].map(() => { return 1 }) }',
    'while (!0) { switch (1) { case 1: break } }',
  ],
  unjudged: [
    'globalThis[params.name]("1")',
    'params.table[params.key](1)',
    'const f = params.x[params.y]; f("return 1")',
    'require(params.name)',
    'import(params.name)',
    'require("left-pad")',
    'with (params) { x }',
    'const g = globalThis; return g',
    'send(window)',
    'return process[params.x]',
    'params.x[params.y].call(1)',
    'params.x[params.y]`1`',
    'const p = process; return p',
    'const r = require; r("fs")',
    'Reflect.get(globalThis, params.x)',
  ],
};

const harmless = [
  '// eval(x), rm -rf /, require("fs")\n return 1',
  '/* new Function() */ return 1',
  'return "eval(1); process.env; fetch(x)"',
  'return `never call eval() or ${params.name}`',
  'return /eval|exec|rm\\s/.test(params.text)',
  'return /x/.exec(params.text)',
  'const m = params.pattern.exec(params.text); return m[1]',
  'return { eval: 1, fetch: 2, exec: 3, process: 4 }',
  'return params.evaluate(1) + params.executor.run()',
  'function spawn(x) { return x } return spawn(1)',
  'const fetch = (x) => x; return fetch(1)',
  'const process = { env: 1 }; return process.env',
  'return params.xs.map((exec) => exec(1))',
  'return typeof process === "undefined" && typeof require === "undefined"',
  'return params.f instanceof Function',
  'return params.x.constructor.name + (params.x.constructor === Object)',
  'const sums = {}; for (const row of params.rows) sums[row.key] = (sums[row.key] ?? 0) + 1; return sums',
  'return params.rows[0][1] + params.rows[params.i][params.j]',
  'const ops = [(x) => x + 1]; return ops[0](1)',
  'while (true) { if (params.x) break; }',
  'for (;;) { return 1 }',
  'out: while (true) { for (const x of params.xs) break out }',
  'let go = true; while (go) { go = params.next() }',
  'while (true) { throw new Error("x") }',
  'setTimeout(() => 1, 10)',
  'const { exec, eval2 } = params; return exec',
  'return require("path").join("a", "b")',
  'class A { get constructorName() { return 1 } } return new A()',
  'label: for (const x of params.xs) continue label',
  'return new Map([["constructor", 1]]).get("constructor")',
];

describe.each(Object.entries(dangerous))('JavaScript that is %s', (kind, forms) => {
  test.each(forms)('%s', (form) => {
    expect(kindsOf(execute(form))).toContain(kind);
  });
});

describe('JavaScript that is harmless', () => {
  test.each(harmless)('%s', (form) => {
    expect(scanTool({ mode: 'function', code: execute(form) })).toEqual([]);
  });
  test.each(sampleTools)('the sample tool $name', ({ mode, code }) => {
    expect(scanTool({ mode, code })).toEqual([]);
  });
});

describe('what a mode means', () => {
  test('a bash tool that is written as a function is judged as code, and its texts as shell lines', () => {
    expect(kindsOf(execute('return `rm -rf ${params.x}`'), 'bash')).toEqual(['write']);
    expect(kindsOf(execute('return `rm -rf ${params.x}`'), 'template')).toEqual([]);
    expect(kindsOf(execute('return eval(params.x)'), 'bash')).toContain('evaluation');
  });
  test('templates and skills are judged by the code that they show', () => {
    expect(kindsOf('# How to\nNever call eval().\n', 'skill')).toEqual([]);
    const found = scanTool({ mode: 'skill', code: '# How to\n\n```bash\nls\nrm -rf x\n```\n```js\neval(x)\n```\n' });
    expect(found.map(({ kind, line }) => [kind, line])).toEqual([
      ['write', 5],
      ['evaluation', 8],
    ]);
  });
  test('code that is not what it says cannot be judged', () => {
    expect(kindsOf('this is not (code')).toEqual(['unjudged']);
    expect(kindsOf(`return ${'('.repeat(20_000)}1${')'.repeat(20_000)}`)).toEqual(['unjudged']);
    expect(kindsOf(execute(`return ${'['.repeat(600)}1${']'.repeat(600)}`))).toEqual(['unjudged']);
  });
});

test('a finding names its line, its code and why in both languages', () => {
  expect(scanTool({ mode: 'function', code: 'function execute() {\n\n  return (0, eval)("1");\n}' })).toEqual([
    {
      kind: 'evaluation',
      line: 3,
      code: 'eval',
      sentence: { en: 'Line 3 runs text as code: eval', ja: '3 行目 文字列をコードとして実行: eval' },
    },
  ]);
});

test('a text that doubles line by line is not followed to its end', () => {
  const lines = Array.from({ length: 60 }, (_, n) => `const a${n + 1} = a${n} + a${n};`).join('\n');
  expect(kindsOf(`const a0 = 'x';\n${lines}\nglobalThis[a60]();`)).toEqual(['unjudged']);
});

test('one tool full of findings tells the first forty', () => {
  expect(scanTool({ mode: 'function', code: 'eval(1);\n'.repeat(500) })).toHaveLength(40);
});
