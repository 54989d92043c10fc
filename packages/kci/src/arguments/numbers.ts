import { InvalidArgumentError } from 'commander';

/** A parser of whole numbers for options. */
export function wholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^[+-]?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(
      max === Number.MAX_SAFE_INTEGER
        ? `It has to be a whole number of at least ${min}.`
        : `It has to be a whole number from ${min} to ${max}.`,
    );
  };
}
