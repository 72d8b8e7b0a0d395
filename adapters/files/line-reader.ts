/** Reads the lines of a large text file, piece by piece. */
import { StringDecoder } from 'node:string_decoder';
import type { LineReader } from '../../activities/ports/line-reader.ts';
import { chunkBytes, openFile } from './read-files.ts';

export function createLineReader(): LineReader {
  return {
    async lines(place, { lastBytes, maxLine }, take, signal) {
      const { handle, facts } = await openFile(place);
      try {
        const from = Math.max(0, facts.bytes - lastBytes);
        const decoder = new StringDecoder('utf8');
        const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(chunkBytes, facts.bytes)));
        let rest = '';
        let number = 0;
        for (let at = from; at < facts.bytes;) {
          signal?.throwIfAborted();
          const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, facts.bytes - at), at);
          if (bytesRead === 0) break;
          at += bytesRead;
          const pieces = decoder.write(buffer.subarray(0, bytesRead)).split('\n');
          pieces[0] = rest + pieces[0]!;
          rest = pieces.pop()!.slice(0, maxLine);
          for (const piece of pieces) take(piece.slice(0, maxLine), ++number);
        }
        if (rest !== '') take(rest, ++number);
        return { read: facts.bytes - from, of: facts.bytes };
      } finally {
        await handle.close();
      }
    },
  };
}
