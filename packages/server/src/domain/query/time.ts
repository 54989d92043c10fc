import { DomainError } from '../../errors.ts';

const FORM =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?(Z|[+-]\d\d:?\d\d)?$/i;

/**
 * A moment written in ISO 8601, as epoch milliseconds: a date alone, `T` or a blank before the time, a fraction, `Z`
 * or an offset; UTC without one. Throws `bad_value` that names the field.
 */
export function parseTime(field: string, text: string): number {
  const parts = FORM.exec(text.trim());
  if (parts) {
    const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] = parts;
    const millis = fraction.padEnd(3, '0').slice(0, 3);
    const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
    const moment = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${millis}${offset}`);
    const sameDay =
      new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
    if (!Number.isNaN(moment) && sameDay) return moment;
  }
  throw new DomainError('bad_value', `${field}: Invalid isoformat string: '${text.slice(0, 100)}'`);
}
