/** What an expression comes to without running it: texts put together in the open, however they are cut. */
import { child, isNode, listOf, type JsNode } from './parse-javascript.ts';
import { lookUp, type Scope } from './scopes.ts';

export type Constant = string | number | boolean | readonly Constant[];

const deepest = 40;
const longest = 10_000;

/** A node always has the same scope. Without a memory, texts doubled line by line would cost for ever. */
const memory = new WeakMap<JsNode, { readonly value: Constant | undefined }>();

/** Undefined where it depends on anything but itself. */
export function constantOf(node: JsNode, scope: Scope, depth = 0): Constant | undefined {
  if (depth > deepest) return undefined;
  const seen = memory.get(node);
  if (seen) return seen.value;
  const value = evaluate(node, scope, depth);
  memory.set(node, { value });
  return value;
}

function evaluate(node: JsNode, scope: Scope, depth: number): Constant | undefined {
  const of = (one: JsNode, where = scope): Constant | undefined => constantOf(one, where, depth + 1);
  switch (node.type) {
    case 'Literal':
      return ['string', 'number', 'boolean'].includes(typeof node['value']) ? (node['value'] as Constant) : undefined;
    case 'Identifier': {
      const binding = lookUp(node['name'] as string, scope);
      return binding?.init && !binding.assigned ? of(binding.init, binding.scope) : undefined;
    }
    case 'TemplateLiteral': {
      const texts = listOf(node, 'quasis').map((quasi) => (quasi!['value'] as { cooked: string | null }).cooked ?? '');
      const values = listOf(node, 'expressions').map((one) => of(one!));
      if (values.includes(undefined)) return undefined;
      return bounded(texts.map((text, at) => text + (at < values.length ? String(values[at]) : '')).join(''));
    }
    case 'ArrayExpression': {
      const items = listOf(node, 'elements').map((one) => (one ? of(one) : undefined));
      return items.some((item) => item === undefined) ? undefined : (items as Constant[]);
    }
    case 'BinaryExpression':
      return calculate(node['operator'] as string, of(child(node, 'left')), of(child(node, 'right')));
    case 'UnaryExpression': {
      const value = of(child(node, 'argument'));
      if (value === undefined) return undefined;
      return node['operator'] === '!'
        ? !value
        : node['operator'] === '-'
          ? -Number(value)
          : node['operator'] === '+'
            ? Number(value)
            : undefined;
    }
    case 'SequenceExpression':
      return of(listOf(node, 'expressions').at(-1)!);
    case 'ConditionalExpression': {
      const test = of(child(node, 'test'));
      return test === undefined ? undefined : of(child(node, test ? 'consequent' : 'alternate'));
    }
    case 'CallExpression':
      return callOf(node, of);
    default:
      return undefined;
  }
}

const bounded = (text: string): string | undefined => (text.length > longest ? undefined : text);

function calculate(operator: string, left: Constant | undefined, right: Constant | undefined): Constant | undefined {
  if (left === undefined || right === undefined) return undefined;
  if (operator === '+') {
    return typeof left === 'number' && typeof right === 'number' ? left + right : bounded(String(left) + String(right));
  }
  if (operator === '===' || operator === '==') return left === right;
  if (typeof left !== 'number' || typeof right !== 'number') return undefined;
  const known: Record<string, () => Constant> = {
    '-': () => left - right,
    '*': () => left * right,
    '/': () => left / right,
    '%': () => left % right,
    '^': () => left ^ right,
    '<': () => left < right,
    '>': () => left > right,
  };
  return known[operator]?.();
}

/** Calls that only put texts together. */
function callOf(node: JsNode, of: (node: JsNode) => Constant | undefined): Constant | undefined {
  const callee = child(node, 'callee');
  const args = listOf(node, 'arguments').map((one) => (one ? of(one) : undefined));
  if (args.includes(undefined)) return undefined;
  if (callee.type === 'Identifier') return decode(callee['name'] as string, args[0]);
  if (callee.type !== 'MemberExpression') return undefined;
  const object = child(callee, 'object');
  const name = callee['computed'] ? of(child(callee, 'property')) : child(callee, 'property')['name'];
  if (object['name'] === 'String' && name === 'fromCharCode') return String.fromCharCode(...args.map(Number));
  const value = isNode(object) ? of(object) : undefined;
  if (typeof value === 'string') {
    return bounded(ofText(value, String(name), args as Constant[]) ?? '') || ofParts(value, name, args);
  }
  if (!Array.isArray(value)) return undefined;
  if (name === 'join') return bounded(value.map(String).join(String(args[0] ?? ',')));
  return name === 'reverse' ? (value as Constant[]).toReversed() : undefined;
}

const ofParts = (text: string, name: unknown, args: readonly (Constant | undefined)[]): Constant | undefined =>
  name === 'split' ? text.split(String(args[0])) : undefined;

function ofText(text: string, name: string, args: readonly Constant[]): string | undefined {
  const [first, second] = args;
  const known: Record<string, () => string> = {
    concat: () => text + args.map(String).join(''),
    slice: () => text.slice(first as number, second as number),
    substring: () => text.substring(first as number, second as number),
    charAt: () => text.charAt(Number(first ?? 0)),
    toLowerCase: () => text.toLowerCase(),
    toUpperCase: () => text.toUpperCase(),
    trim: () => text.trim(),
    toString: () => text,
    replace: () => text.replace(String(first), () => String(second)),
    replaceAll: () => text.replaceAll(String(first), () => String(second)),
  };
  return Object.hasOwn(known, name) ? known[name]!() : undefined;
}

function decode(name: string, value: Constant | undefined): string | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    if (name === 'atob') return bounded(atob(value));
    return name === 'decodeURIComponent' || name === 'unescape' ? bounded(decodeURIComponent(value)) : undefined;
  } catch {
    return undefined;
  }
}
