import { Type } from 'typebox';

const Name = Type.String({ minLength: 1, maxLength: 500 });

export const KeyParams = Type.Object({ namespace: Name, key: Name });

/** Nothing stands for the empty text. */
export const KeyValueBody = Type.Union([Type.String(), Type.Null()]);
