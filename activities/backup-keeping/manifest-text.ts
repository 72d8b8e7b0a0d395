/** Manifests as they are written and read: checked once in a process, since a manifest never changes and may name ten thousand files. */
import { createHash } from 'node:crypto';
import type { Manifest } from '../../domain/backup.ts';
import { canonicalJson } from '../../domain/digest.ts';

/** As `digestBeside`, by the machine's own hash: a manifest may be megabytes. */
export const manifestDigest = (manifest: Omit<Manifest, 'digest'>): string =>
  createHash('sha256')
    .update(canonicalJson({ ...manifest, digest: undefined }))
    .digest('hex');

/** A line per file, so that people can read it and search it, and ten thousand files do not make five megabytes. */
export function manifestText(manifest: Manifest): string {
  const lines = manifest.files.map((file) => `\n    ${JSON.stringify(file)}`).join(',');
  const around = JSON.stringify({ ...manifest, files: [] }, null, 2);
  return `${around.replace('"files": []', () => `"files": [${lines}\n  ]`)}\n`;
}

/** Characters of manifests that are remembered, the oldest forgotten first. */
const mostRemembered = 64 * 1024 * 1024;
/** By the whole text: to compare megabytes takes a fraction of what hashing them does. */
const remembered = new Map<string, Manifest>();
let size = 0;

/** One with exactly this text that was found whole before. Callers share it and change nothing in it. */
export const knownManifest = (text: string): Manifest | undefined => remembered.get(text);

export function rememberManifest(text: string, manifest: Manifest): void {
  if (remembered.has(text) || text.length > mostRemembered) return;
  remembered.set(text, manifest);
  size += text.length;
  for (const oldest of remembered.keys()) {
    if (size <= mostRemembered) break;
    remembered.delete(oldest);
    size -= oldest.length;
  }
}
