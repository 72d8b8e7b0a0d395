/** Manifests as they are written and read: checked once in a process, since a manifest never changes and may name ten thousand files. */
import { createHash } from 'node:crypto';
import type { Manifest } from '../../domain/backup.ts';
import { canonicalJson } from '../../domain/digest.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** As `digestBeside`, by the machine's own hash: a manifest may be megabytes. */
export const manifestDigest = (manifest: Omit<Manifest, 'digest'>): string =>
  sha256(canonicalJson({ ...manifest, digest: undefined }));

export const manifestText = (manifest: Manifest): string => `${JSON.stringify(manifest, null, 2)}\n`;

/** Characters of manifests that are remembered, the oldest forgotten first. */
const mostRemembered = 64 * 1024 * 1024;
const remembered = new Map<string, { readonly manifest: Manifest; readonly size: number }>();
let size = 0;

/** One with exactly this text that was found whole before. Callers share it and change nothing in it. */
export function knownManifest(text: string): Manifest | undefined {
  return remembered.get(sha256(text))?.manifest;
}

export function rememberManifest(text: string, manifest: Manifest): void {
  const key = sha256(text);
  if (remembered.has(key) || text.length > mostRemembered) return;
  remembered.set(key, { manifest, size: text.length });
  size += text.length;
  for (const [oldest, { size: freed }] of remembered) {
    if (size <= mostRemembered) break;
    remembered.delete(oldest);
    size -= freed;
  }
}
