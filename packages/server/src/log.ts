import { type DestinationStream, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

const STDERR = 2;

/** Where secrets could stand in what is logged. */
const REDACTED = [
  'req.headers.authorization',
  'req.headers.cookie',
  'headers.authorization',
  'password',
  '*.password',
  'token',
  '*.token',
];

/** The log: JSON lines on standard error, readable ones when that is a terminal. */
export function openLog(options: { level: string; terminal: boolean }): Logger {
  const destination: DestinationStream = options.terminal
    ? pretty({ destination: STDERR, sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l' })
    : pino.destination({ dest: STDERR, sync: false });
  return pino({ level: options.level, redact: { paths: REDACTED, censor: '…' }, base: null }, destination);
}
