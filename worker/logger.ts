/** One logger for our code, the SDK and its native core: JSON lines on standard output. */
import { DefaultLogger, type Logger, type LogLevel } from '@temporalio/worker';
import { pino } from 'pino';
import type { Environment } from '../config/environment.ts';

const levelOf: Readonly<Record<LogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'>> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

export function createLogger(environment: Pick<Environment, 'OKIAGARI_LOG_LEVEL'>): Logger {
  const out = pino({ level: environment.OKIAGARI_LOG_LEVEL, base: null, timestamp: pino.stdTimeFunctions.isoTime });
  return new DefaultLogger('TRACE', ({ level, message, meta }) => {
    // Said of every site worker, which has none on purpose.
    const expected = message.startsWith('No workflows registered');
    out[expected ? 'debug' : levelOf[level]](meta ?? {}, message);
  });
}
