/** A server that runs already, at which the acceptance suite is aimed instead of at its own processes. */
export interface RunningServer {
  url: string;
  admin: { username: string; password: string };
}

/**
 * The server that `KCI_TEST_URL`, `KCI_TEST_ADMIN` and `KCI_TEST_ADMIN_PASSWORD` name.
 * @returns undefined when `KCI_TEST_URL` is unset
 */
export function runningServer(): RunningServer | undefined {
  const {
    KCI_TEST_URL: url,
    KCI_TEST_ADMIN: username = 'admin',
    KCI_TEST_ADMIN_PASSWORD: password,
  } = process.env;
  if (url === undefined || url === '') return undefined;
  if (password === undefined) {
    throw new Error('KCI_TEST_URL is set: set KCI_TEST_ADMIN_PASSWORD (and KCI_TEST_ADMIN) too');
  }
  return { url: url.replace(/\/+$/, ''), admin: { username, password } };
}
