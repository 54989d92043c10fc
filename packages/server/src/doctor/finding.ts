/** What a check found: `trouble` may be lived with, what is `broken` may not. */
export interface Finding {
  level: 'good' | 'trouble' | 'broken';
  /** One line that says what is so and, unless it is good, what to do. */
  text: string;
}

export const good = (text: string): Finding => ({ level: 'good', text });
export const trouble = (text: string): Finding => ({ level: 'trouble', text });
export const broken = (text: string): Finding => ({ level: 'broken', text });

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
