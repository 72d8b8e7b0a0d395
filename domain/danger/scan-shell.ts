/** Finds what shell text does beyond printing, by its tree (unbash): words in quotes and comments are no commands. */
import { forEachChild, parse, type Command, type Redirection, type SyntaxNode, type Word } from 'unbash';
import { commands, elevators, interpreters, loaderVariables, secretPaths, secretVariables, wrappers } from './shell-names.ts';
import type { Report } from './words.ts';

const deepest = 200;
const isWord = (part: { readonly type: string }): part is Word => part.type === 'Word';

export function scanShell(source: string, report: Report): void {
  const script = parse(source);
  const visit = (node: SyntaxNode, depth: number): void => {
    if (depth > deepest) return report('unjudged', node.pos, node.end);
    const errors = (node as { readonly errors?: readonly { readonly pos: number }[] }).errors ?? [];
    for (const { pos } of errors) report('unjudged', pos, pos + 40);
    if (node.type === 'Command') judgeCommand(node, source, report);
    if (node.type === 'Pipeline') judgePipeline(node.commands, report);
    if (node.type === 'Redirect' || node.type === 'HereDoc' || node.type === 'HereString') judgeRedirection(node, report);
    if (node.type === 'Function' && callsItself(node.name.value, node.body)) report('endless', node.pos, node.end);
    if (node.type === 'While' && holdsAlways(node.kind, node.clause) && !hasWayOut(node.body)) {
      report('endless', node.pos, node.end);
    }
    if (node.type === 'ArithmeticFor' && node.test === undefined && !hasWayOut(node.body)) report('endless', node.pos, node.end);
    if (node.type === 'SimpleExpansion' && secretVariables.test(node.text)) report('secrets', node.pos, node.end);
    if (node.type === 'ParameterExpansion') {
      if (secretVariables.test(node.parameter)) report('secrets', node.pos, node.end);
      if (node.prefix === '!') report('unjudged', node.pos, node.end);
    }
    if (node.type === 'Assignment' && loaderVariables.test(node.name)) report('evaluation', node.pos, node.end);
    if (node.type === 'Word' && secretPaths.test(node.value.replace(/^~/, ''))) report('secrets', node.pos, node.end);
    forEachChild(node, (one) => visit(one, depth + 1));
  };
  visit(script, 0);
}

/** Whether running it is needed to know the word. */
function isOpen(word: Word): boolean {
  let open = false;
  const look = (node: SyntaxNode): void => {
    if (
      /^(SimpleExpansion|ParameterExpansion|CommandExpansion|ProcessSubstitution|Glob|ExtendedGlob|BraceExpansion)$/.test(
        node.type,
      )
    ) {
      open = true;
    } else forEachChild(node, look);
  };
  forEachChild(word, look);
  return open;
}

function judgeCommand(command: Command, source: string, report: Report): void {
  if (command.name === undefined) return;
  const words = [command.name, ...command.args.filter(isWord)];
  for (let at = 0; at < words.length;) {
    const word = words[at]!;
    const rest = words.slice(at + 1);
    const say = (kind: Parameters<Report>[0]): void => report(kind, word.pos, Math.min(command.end, source.length));
    if (isOpen(word)) return say('unjudged');
    const name = word.value.slice(word.value.lastIndexOf('/') + 1);
    if (elevators.has(name)) say('process');
    else if (name === 'env' || name === 'export' || name === 'set' || name === 'declare') {
      if (rest.length === 0) return say('secrets');
      if (name !== 'env') return;
    } else if (interpreters.test(name)) return judgeInterpreter(name, rest, say);
    else if (!Object.hasOwn(wrappers, name)) return judgeName(name, rest, say);
    at += 1 + (wrappers[name] ?? 0);
    // Options and settings of the wrapper itself.
    while (at < words.length && /^-|^\w+=/.test(words[at]!.value)) at += 1;
  }
}

type Say = (kind: Parameters<Report>[0]) => void;

/** With text of its own it runs text as code; with a file, that file is not here to be judged. */
function judgeInterpreter(name: string, rest: readonly Word[], say: Say): void {
  if (name.endsWith('awk')) {
    if (rest.some(({ value }) => /\bsystem\s*\(|\|\s*getline|\|\s*"/.test(value))) say('process');
  } else if (rest.some(({ value }) => /^-\w*[ce]$|^--eval/.test(value))) say('evaluation');
  else if (rest.some(({ value }) => !value.startsWith('-'))) say('unjudged');
}

function judgeName(name: string, rest: readonly Word[], say: Say): void {
  const has = (pattern: RegExp): boolean => rest.some(({ value }) => pattern.test(value));
  if (Object.hasOwn(commands, name)) return say(commands[name]!);
  if (name.startsWith('mkfs')) return say('write');
  if (name === 'find') {
    if (has(/^-(delete|fprintf?|fls)$/)) say('write');
    if (has(/^-(exec|execdir|ok|okdir)$/)) say('process');
  } else if ((name === 'sed' || name === 'perl') && has(/^-\w*i|^--in-place/)) say('write');
  else if (name === 'git' && has(/^(clone|fetch|pull|push|remote|submodule|ls-remote)$/)) say('network');
  else if (name === 'tar' && has(/^-?\w*x|^--(extract|to-command|checkpoint-action)/)) say('write');
}

/** What comes through a pipe into an interpreter is code. */
function judgePipeline(stages: readonly SyntaxNode[], report: Report): void {
  for (const stage of stages.slice(1)) {
    if (stage.type !== 'Command' || stage.name === undefined) continue;
    const name = stage.name.value.slice(stage.name.value.lastIndexOf('/') + 1);
    const isBare = !stage.args.some((one) => isWord(one) && !one.value.startsWith('-'));
    if (interpreters.test(name) && !name.endsWith('awk') && isBare) report('evaluation', stages[0]!.pos, stage.end);
  }
}

function judgeRedirection(node: Redirection, report: Report): void {
  if (node.type !== 'Redirect' || node.target === undefined) return;
  const { value } = node.target;
  if (/^\/dev\/(tcp|udp)\//.test(value)) return report('network', node.pos, node.end);
  const isWrite = /^(>|>>|>\||&>|&>>|<>)$/.test(node.operator) || (node.operator === '>&' && !/^(\d+|-)$/.test(value));
  if (isWrite && !/^\/dev\/(null|stdout|stderr|tty)$/.test(value)) report('write', node.pos, node.end);
}

function some(node: SyntaxNode, test: (node: SyntaxNode) => boolean, stop: (node: SyntaxNode) => boolean = () => false): boolean {
  let found = false;
  const look = (one: SyntaxNode): void => {
    if (found || stop(one)) return;
    if (test(one)) found = true;
    else forEachChild(one, look);
  };
  look(node);
  return found;
}

const runs = (node: SyntaxNode, pattern: RegExp): boolean => node.type === 'Command' && pattern.test(node.name?.value ?? '');
const callsItself = (name: string, body: SyntaxNode): boolean =>
  some(body, (node) => node.type === 'Command' && node.name?.value === name);
/** `while true`, `while :`, `until false`. */
const holdsAlways = (kind: 'while' | 'until', clause: SyntaxNode): boolean => {
  let only = 0;
  const isConstant = !some(
    clause,
    (node) => node.type === 'Command' && (only++, !runs(node, kind === 'while' ? /^(true|:)$/ : /^false$/)),
  );
  return isConstant && only === 1;
};
/** Out of the loop, or of everything. */
const hasWayOut = (body: SyntaxNode): boolean =>
  some(
    body,
    (node) => runs(node, /^(break|exit|return)$/),
    ({ type }) => type === 'Function',
  );
