/** Reads the backups that the runbook's shell scripts left: which files of a listing make up which backup. */
import { auditLog, fileNameOf, isToolPath, toolsFolder } from './layout.ts';

/** One backup found in a listing. `at` is where a file lies, `path` where it belongs in the target. */
export interface ScriptSet {
  readonly id: string;
  readonly files: readonly { readonly path: string; readonly at: string }[];
  /** Links among them, which make the whole set unsafe. */
  readonly links: readonly string[];
  /** Where the script wrote its `metadata.json`. */
  readonly metadata?: string;
  /** The day in the folder's name, `YYYYMMDD`. */
  readonly day?: string;
  /** An older copy that a second run of the same day left beside a newer, nested one. */
  readonly superseded?: true;
}

interface Listed {
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
}

export const archiveName = 'backup.tar.gz';
export const scriptFolder = '.pi/backups';
export const emergencyFolder = '.pi/tools/backup';

/** Sets in the two folder layouts, from a listing of `.pi/backups` and `.pi/tools/backup` with paths relative to the target. */
export function findScriptSets(listing: readonly Listed[]): ScriptSet[] {
  const sets: ScriptSet[] = [];
  for (const [layout, prefix] of [
    [scriptFolder, 'script'],
    [emergencyFolder, 'script-tools-backup'],
  ] as const) {
    for (const day of daysBelow(layout, listing)) {
      const folder = `${layout}/${day}/`;
      const entries = listing.filter(({ path }) => path.startsWith(folder));
      const found = layout === scriptFolder ? setsOf(entries, folder) : [{ tools: folder }];
      for (const [index, { tools }] of found.entries()) {
        const id = `${prefix}-${day}${index === 0 ? '' : `-${index + 1}`}`;
        const set = collect(id, entries, folder, tools, index < found.length - 1);
        if (set.files.some(({ path }) => isToolPath(path))) sets.push({ ...set, day });
      }
    }
  }
  return sets;
}

/** The sets of an unpacked archive, whose tools may lie at its top, below `tools/` or below `.pi/tools/`, in one folder or none. */
export function archiveSets(id: string, listing: readonly Listed[]): ScriptSet[] {
  const top = commonFolder(listing.map(({ path }) => path));
  const has = (prefix: string): boolean => listing.some(({ path }) => path.startsWith(top + prefix));
  const base = has('.pi/tools/') ? `${top}.pi/` : top;
  const found = has('.pi/tools/') || has('tools/') ? setsOf(listing, base) : [{ tools: top }];
  return found
    .map(({ tools }, index) => collect(index === 0 ? id : `${id}-${index + 1}`, listing, base, tools, index < found.length - 1))
    .filter((set) => set.files.some(({ path }) => isToolPath(path)));
}

/** `cp -r` into a folder that is there already puts the newer copy *inside* the older one: two sets, the nested one newer. */
function setsOf(entries: readonly Listed[], folder: string): { readonly tools: string }[] {
  const outer = { tools: `${folder}tools/` };
  const inner = { tools: `${folder}tools/tools/` };
  return entries.some(({ path }) => path.startsWith(inner.tools)) ? [outer, inner] : [outer];
}

function collect(id: string, entries: readonly Listed[], folder: string, tools: string, superseded: boolean): ScriptSet {
  const nested = `${tools}tools/`;
  const own = entries.filter(({ path }) => path.startsWith(tools) && !(superseded && path.startsWith(nested)));
  // The script's own documents lie beside the tools; in the flat layouts they must not be taken for tools.
  const documents = new Set([`${tools}metadata.json`, `${tools}${fileNameOf(auditLog)}`]);
  const files = own
    .filter(({ path, kind }) => kind === 'file' && !documents.has(path))
    .map(({ path }) => ({ at: path, path: `${toolsFolder}/${path.slice(tools.length)}` }));
  const log = [`${folder}${fileNameOf(auditLog)}`, `${folder}logs/${fileNameOf(auditLog)}`].find((at) =>
    entries.some(({ path, kind }) => path === at && kind === 'file'),
  );
  const metadata = entries.find(({ path, kind }) => path === `${folder}metadata.json` && kind === 'file')?.path;
  return {
    id,
    files: [...files, ...(log === undefined ? [] : [{ at: log, path: auditLog }])],
    links: entries.filter(({ kind }) => kind !== 'file').map(({ path }) => path),
    // The second run wrote its own over the first one's.
    ...(metadata === undefined || superseded ? {} : { metadata }),
    ...(superseded ? { superseded: true as const } : {}),
  };
}

const daysBelow = (layout: string, listing: readonly Listed[]): string[] => {
  const pattern = new RegExp(`^${layout.replaceAll('.', '\\.')}/(\\d{8})/`);
  return [...new Set(listing.flatMap(({ path }) => pattern.exec(path)?.[1] ?? []))].toSorted();
};

/** The folder that everything lies in, where it is only a wrapping such as `backup/` or `20260214/`. */
function commonFolder(paths: readonly string[]): string {
  const first = paths[0]?.split('/')[0];
  if (first === undefined || ['.pi', 'tools', 'logs'].includes(first)) return '';
  return paths.every((path) => path.startsWith(`${first}/`)) ? `${first}/` : '';
}

/** The script's metadata as far as it can be read. `broken` = not JSON, as the script writes it where there is no log. */
export function readScriptMetadata(text: string): { readonly broken: boolean; readonly at?: string; readonly tools?: number } {
  try {
    const { backupDate, toolCount } = JSON.parse(text) as { backupDate?: unknown; toolCount?: unknown };
    return {
      broken: false,
      ...(typeof backupDate === 'string' && !Number.isNaN(Date.parse(backupDate))
        ? { at: new Date(backupDate).toISOString() }
        : {}),
      ...(typeof toolCount === 'number' ? { tools: toolCount } : {}),
    };
  } catch {
    return { broken: true };
  }
}

/**
 * When a set was taken: what its metadata says, else its newest file where that fits the folder's day, else 02:00 in Japan
 * of that day, which is when the runbook's cron line runs. Copied folders have new file times; the day in the name stays.
 */
export function scriptSetTime(metadataAt: string | undefined, newestFile: string, day: string | undefined): string {
  if (metadataAt !== undefined) return metadataAt;
  if (day === undefined) return newestFile;
  const night = Date.parse(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T02:00:00+09:00`);
  const dayMs = 86_400_000;
  if (Number.isNaN(night) || Math.abs(Date.parse(newestFile) - night) < 1.5 * dayMs) return newestFile;
  return new Date(night).toISOString();
}
