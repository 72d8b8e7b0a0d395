/** What a tool's code could do beyond its task, by parsing it as what its mode says it is. */
import { childrenOf, isNode, listOf, parseJavaScript, type JsNode } from './parse-javascript.ts';
import { scanJavaScript } from './scan-javascript.ts';
import { scanShell } from './scan-shell.ts';
import { collectDangers, type Danger, type Report } from './words.ts';

export interface Scanned {
  readonly mode: string;
  readonly code: string;
}

/** Code that no parser could take in is told as `unjudged`, never as harmless. */
export function scanTool({ mode, code }: Scanned): Danger[] {
  return collectDangers(code, (report) => {
    try {
      scan(mode, code, report);
    } catch (error) {
      // Nested so deeply that it cannot be walked.
      if (!(error instanceof RangeError)) throw error;
      report('unjudged', 0, code.length);
    }
  });
}

function scan(mode: string, code: string, report: Report): void {
  const program = parseJavaScript(code);
  const isScript = program !== undefined && (mode === 'function' || definesExecute(program));
  if (isScript) {
    scanJavaScript(program, report);
    // Such a tool writes lines for a shell: those are code too.
    if (mode === 'bash') scanTexts(program, report);
    return;
  }
  if (mode === 'bash') return scanShell(code, report);
  if (mode === 'function') return report('unjudged', 0, code.length);
  scanFences(code, report);
}

/** Every tool has to; what does not is text of another kind. */
function definesExecute(program: JsNode): boolean {
  const names = (node: JsNode): boolean => {
    const id = node['id'];
    if (/^(FunctionDeclaration|VariableDeclarator)$/.test(node.type) && isNode(id) && id['name'] === 'execute') return true;
    return /^(Program|VariableDeclaration|Export.*Declaration)$/.test(node.type) && childrenOf(node).some(names);
  };
  return names(program);
}

/** Texts of a script as shell lines; what is put in between stands for a variable. */
function scanTexts(node: JsNode, report: Report): void {
  const at: Report = (kind) => report(kind, node.start, node.end);
  if (node.type === 'Literal' && typeof node['value'] === 'string') scanShell(node['value'], at);
  if (node.type === 'TemplateLiteral') {
    const texts = listOf(node, 'quasis').map((quasi) => (quasi!['value'] as { cooked: string | null }).cooked ?? '');
    scanShell(texts.join('"$parameter"'), at);
  }
  for (const one of childrenOf(node)) scanTexts(one, report);
}

const fence = /^[ \t]*```[ \t]*(\w*)[^\n]*\n([\s\S]*?)^[ \t]*```/gm;

/** Templates and skills are texts for a reader; what they show as code may be run by one. */
function scanFences(text: string, report: Report): void {
  for (const match of text.matchAll(fence)) {
    const [whole, language, code] = match as unknown as [string, string, string];
    const from = match.index + whole.indexOf('\n') + 1;
    const shifted: Report = (kind, start, end) => report(kind, from + start, from + end);
    if (/^(ba|z)?sh$|^(shell|console)$/i.test(language)) scanShell(code, shifted);
    else if (/^(m?js|javascript|ts|typescript)$/i.test(language)) {
      const program = parseJavaScript(code);
      if (program) scanJavaScript(program, shifted);
      else shifted('unjudged', 0, code.length);
    }
  }
}
