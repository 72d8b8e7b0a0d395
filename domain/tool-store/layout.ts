/** Where a tool store keeps things below its root, and how our own unfinished files in it are named. */

export const agentFolder = '.pi';
export const toolsFolder = '.pi/tools';
export const logsFolder = '.pi/logs';
export const auditLog = '.pi/logs/dynamic-tools-audit.jsonl';

/** The agent refuses to hold more. */
export const toolLimit = 100;
/** No real tool comes near this; larger ones are hashed but not looked into. */
export const toolBytesLimit = 4 * 1024 * 1024;

/** A file the agent reads as a tool: directly in the folder, not below it. */
export const isToolPath = (path: string): boolean => /^\.pi\/tools\/[^/]+\.json$/.test(path) && !isTemporary(path);

/** Appended line by line, so that any prefix that ends at a line end is a whole log. */
export const isLineLog = (path: string): boolean => path.startsWith(`${logsFolder}/`) && path.endsWith('.jsonl');

export const fileNameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Places where people put tools away on purpose; a full restore does not bring such a tool back into use. */
export const setAsidePaths = (toolPath: string): readonly string[] =>
  ['disabled', 'quarantine'].map((folder) => `${toolsFolder}/${folder}/${fileNameOf(toolPath)}`);

const temporaryMark = '.okiagari-';

/** An unfinished file beside `path`, which the agent does not take for a tool. `nonce` tells attempts apart. */
export function temporaryBeside(path: string, nonce: string): string {
  const folder = folderOf(path);
  return `${folder === '' ? '' : `${folder}/`}${temporaryMark}${nonce}-${fileNameOf(path).slice(0, 150)}.tmp`;
}

/** Left by an attempt that was killed. */
export const isTemporary = (path: string): boolean => fileNameOf(path).startsWith(temporaryMark) && path.endsWith('.tmp');

/** Whether a path stays inside its root: relative, `/`-separated, no empty, `.` or `..` part, no NUL. */
export const staysInside = (path: string): boolean =>
  !path.includes('\0') && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
