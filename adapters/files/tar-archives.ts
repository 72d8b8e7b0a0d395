/** Unpacks the `backup.tar.gz` of the runbook's script, taking nothing from it on trust. */
import { createReadStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import type { ArchiveReader } from '../../activities/ports/archive-reader.ts';
import { fail } from '../../domain/fail.ts';
import { staysInside } from '../../domain/tool-store/layout.ts';
import { hasCode, inside } from './inside.ts';

export function createTarArchives(): ArchiveReader {
  return {
    async unpack(archive, into, limits, signal) {
      const folder = inside(into);
      await mkdir(folder, { recursive: true });
      const unpacker = extract();
      const name = archive.path;
      let bytes = 0;
      let count = 0;

      const takeEntries = async (): Promise<void> => {
        for await (const entry of unpacker) {
          const { header } = entry;
          const path = cleanPath(name, header);
          if (header.type !== 'directory') {
            bytes += header.size;
            if (++count > limits.maxFiles || bytes > limits.maxBytes) {
              throw unsafe(name, `holds more than ${limits.maxFiles} files or ${limits.maxBytes} bytes`, '大きすぎます');
            }
            await writeEntry(join(folder, path), header, entry as AsyncIterable<Uint8Array>);
          }
          entry.resume();
        }
      };

      try {
        await Promise.all([
          pipeline(createReadStream(inside(archive)), createGunzip(), unpacker, { ...(signal ? { signal } : {}) }),
          takeEntries(),
        ]);
      } catch (error) {
        unpacker.destroy();
        await rm(folder, { recursive: true, force: true });
        throw explain(name, error, signal);
      }
    },
  };
}

function cleanPath(archive: string, header: Header): string {
  if (header.type !== 'file' && header.type !== 'contiguous-file' && header.type !== 'directory') {
    throw unsafe(archive, `holds a ${header.type}: ${header.name}`, `通常のファイル以外があります: ${header.name}`);
  }
  const path = header.name.replace(/^(\.\/)+/, '').replace(/\/+$/, '');
  if (header.type === 'directory' && (path === '' || path === '.')) return '';
  if (!staysInside(path)) {
    throw unsafe(archive, `has a path that leaves it: ${header.name}`, `外へ出るパスがあります: ${header.name}`);
  }
  return path;
}

async function writeEntry(path: string, header: Header, content: AsyncIterable<Uint8Array>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  // "wx": the second of two entries with one name is refused rather than chosen.
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of content) await file.writeFile(chunk);
    await file.chmod(header.mode & 0o777);
    await file.utimes(header.mtime, header.mtime);
  } finally {
    await file.close();
  }
}

const unsafe = (archive: string, en: string, ja: string) =>
  fail('backup-unsafe', { en: `${archive} ${en}.`, ja: `${archive}: ${ja}。` });

/** Ours and the file system's as they are; the rest comes from a stream that could not make sense of the bytes. */
function explain(archive: string, error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof Error && error.name === 'ApplicationFailure') return error;
  if (hasCode(error, 'ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'ENOENT', 'EIO')) return error;
  const why = hasCode(error, 'EEXIST', 'ENOTDIR', 'EISDIR') ? 'holds a name twice' : (error as Error).message;
  return fail('backup-corrupt', { en: `${archive} cannot be unpacked: ${why}.`, ja: `${archive} を展開できません: ${why}。` });
}
