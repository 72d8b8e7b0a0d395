/** Gives a cluster that never ran another system identifier: servers of a copy would take it for the cluster it was copied from. */
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Of a file of the log, behind what every page begins with. */
const inLogFile = 24;

/** The number stands in the control file and at the head of each file of the log. */
export function identifyAnew(home: string): void {
  const id = randomBytes(8);
  // It is shown as a signed number.
  id.writeUInt8(id.readUInt8(7) & 0x7f, 7);
  const file = join(home, 'global/pg_control');
  const control = readFileSync(file);
  const end = checksumIn(control);
  id.copy(control);
  control.writeUInt32LE(crc32c(control.subarray(0, end)), end);
  overwrite(file, control, 0);
  const log = join(home, 'pg_wal');
  for (const name of readdirSync(log).filter((entry) => /^[0-9A-F]{24}$/.test(entry))) {
    overwrite(join(log, name), id, inLogFile);
  }
}

/** All else in the file stays. */
function overwrite(path: string, bytes: Buffer, at: number): void {
  const file = openSync(path, 'r+');
  try {
    writeSync(file, bytes, 0, bytes.length, at);
  } finally {
    closeSync(file);
  }
}

/** It ends the control file, whose length differs between releases: the one place that holds the checksum of all before it. */
function checksumIn(control: Buffer): number {
  for (let end = 8; end + 4 <= Math.min(512, control.length); end += 4) {
    if (crc32c(control.subarray(0, end)) === control.readUInt32LE(end)) return end;
  }
  throw new Error('This is no control file of PostgreSQL. Is the copy of what initdb made whole, in the cache folder?');
}

function crc32c(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc >>> 0;
}
