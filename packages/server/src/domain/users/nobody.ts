import { newId } from '@kernelci/model';

/** Stands in where no account has the address, so that the same work is done as for one that has. */
export const nobody = (email: string) => ({
  id: newId(),
  username: email,
  email,
  credentials_version: 0,
});
