import { PASSWORD_MIN } from '@kernelci/model';
import { invalid } from '../../errors.ts';

/** Throws `invalid`, naming the field, unless the text may be a password. */
export function checkNewPassword(password: string, field: string): void {
  if ([...password].length >= PASSWORD_MIN) return;
  throw invalid({
    type: 'string_too_short',
    loc: ['body', field],
    msg: `A password needs at least ${PASSWORD_MIN} characters`,
    ctx: { min_length: PASSWORD_MIN },
  });
}
