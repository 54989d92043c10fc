const WAIT_MS = 60_000;
const OWN_PATH = /\/+(?:(?:latest|v0)\/+)?user\/+accept-invite\/*$/;

const $ = (id) => document.getElementById(id);
const form = document.forms[0];
const [tokenInput, password, again] = [$('token'), $('password'), $('again')];
const button = form.querySelector('button');
const passwordMin = Number(form.dataset.passwordMin);
/** What `kci` has to be told: this page is reached below it. */
const apiUrl = location.origin + location.pathname.replace(OWN_PATH, '');

/** Out of the link, or by itself; mail programs may have broken it into lines. */
const tokenIn = (text) => (/[?&]token=([^&#]*)/.exec(text)?.[1] ?? text).replace(/\s+/g, '');

const linkToken = tokenIn(new URLSearchParams(location.search).get('token') ?? '');
// The token opens the account: it must not stay in the address bar, the history or a bookmark.
history.replaceState(null, '', location.pathname);

/** As one word of a shell command. */
const shellWord = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** Lines break between the words of a command, not at the dashes of an option. */
function wordsOf(command) {
  const word = (text) => Object.assign(document.createElement('span'), { textContent: text });
  return command.split(' ').flatMap((text, n) => (n === 0 ? [word(text)] : [' ', word(text)]));
}

function fill(values) {
  for (const [name, text] of Object.entries(values)) {
    for (const place of document.querySelectorAll(`[data-fill="${name}"]`)) {
      place.replaceChildren(...(place.matches('.command code') ? wordsOf(text) : [text]));
    }
  }
}

/** Shows one section of the page; a person who listens to it hears the heading. */
function show(id) {
  for (const section of document.querySelectorAll('section')) section.hidden = section.id !== id;
  const heading = $(id).querySelector('h1');
  document.title = `${heading.textContent} · KernelCI API`;
  heading.focus();
}

function complain(input, message) {
  $(`${input.id}-error`).textContent = message;
  if (message === '') input.removeAttribute('aria-invalid');
  else input.setAttribute('aria-invalid', 'true');
}

/** @param complaints the inputs with something wrong and what it is; the first one gets the focus */
function complainAll(complaints) {
  for (const [input, message] of complaints) complain(input, message);
  complaints[0]?.[0].focus();
}

function askForToken() {
  $('token-field').hidden = false;
}

function findMistakes(token) {
  const mistakes = [];
  if (token === '') mistakes.push([tokenInput, 'The link or the token from your invitation is missing.']);
  if ([...password.value].length < passwordMin) {
    mistakes.push([password, `The password is too short: it needs at least ${passwordMin} characters.`]);
  } else if (again.value !== password.value) {
    mistakes.push([again, 'This is not the same as the password above.']);
  }
  return mistakes;
}

/** When the token ends, in milliseconds; undefined when it is not whole. */
function expiryOf(token) {
  try {
    const claims = JSON.parse(atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')));
    return claims.exp * 1000;
  } catch {
    return undefined;
  }
}

function welcome({ username }) {
  const word = shellWord(username);
  const url = shellWord(apiUrl);
  fill({
    username,
    login: `kci login --api-url ${url} --username ${word}`,
    // After `--`, a name that begins with a dash is no option.
    token: `kci user token --api-url ${url} ${username.startsWith('-') ? '-- ' : ''}${word}`,
  });
  form.reset();
  show('done');
}

function refuseToken(detail, token) {
  if (detail === 'Invite already accepted') return show('accepted');
  const expiry = expiryOf(token);
  if (expiry < Date.now()) {
    fill({ expiry: new Date(expiry).toLocaleString(undefined, { dateStyle: 'long', timeStyle: 'short' }) });
    return show('expired');
  }
  askForToken();
  complainAll([
    [
      tokenInput,
      'This invitation is not valid. Check that the link is complete, or ask whoever invited you for a new one.',
    ],
  ]);
}

function refuseForm(problems) {
  const ofPassword = problems.find(({ loc }) => loc.includes('password'));
  if (ofPassword !== undefined) return complainAll([[password, `${ofPassword.msg}.`]]);
  askForToken();
  complainAll([[tokenInput, 'This is not an invite link or token.']]);
}

/** @returns what the server answers: its status, and the body when that is JSON */
async function send(token) {
  const response = await fetch(location.pathname, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token, password: password.value }),
    credentials: 'omit',
    signal: AbortSignal.timeout(WAIT_MS),
  });
  return { status: response.status, body: await response.json().catch(() => undefined) };
}

function tell({ status, body }, token) {
  if (status === 200 && typeof body?.username === 'string') welcome(body);
  else if (status === 400) refuseToken(body?.detail, token);
  else if (status === 422 && Array.isArray(body?.detail)) refuseForm(body.detail);
  else {
    $('problem').textContent =
      `The server cannot do this at the moment (it answers ${status}). Try again in a few minutes.`;
  }
}

function setBusy(busy) {
  button.setAttribute('aria-disabled', String(busy));
  button.textContent = busy ? 'One moment…' : 'Accept the invitation';
}

async function accept(event) {
  event.preventDefault();
  if (button.getAttribute('aria-disabled') === 'true') return;
  $('problem').textContent = '';
  for (const input of [tokenInput, password, again]) complain(input, '');
  const token = $('token-field').hidden ? linkToken : tokenIn(tokenInput.value);
  const mistakes = findMistakes(token);
  if (mistakes.length > 0) return complainAll(mistakes);
  setBusy(true);
  try {
    tell(await send(token), token);
  } catch {
    $('problem').textContent = 'The server does not answer. Check your connection, then try again.';
  } finally {
    setBusy(false);
  }
}

/** Browsers give pages that come without encryption no clipboard but this. */
function copySelected(element) {
  getSelection().selectAllChildren(element);
  return document.execCommand('copy');
}

async function copy(code) {
  const copied = await navigator.clipboard?.writeText(code.textContent).then(
    () => true,
    () => false,
  );
  return copied || copySelected(code);
}

function addCopyButton(command) {
  const code = command.querySelector('code');
  const copyButton = document.createElement('button');
  copyButton.type = 'button';
  copyButton.textContent = 'Copy';
  code.id = `command-${document.querySelectorAll('.command button').length}`;
  copyButton.setAttribute('aria-describedby', code.id);
  copyButton.addEventListener('click', async () => {
    const copied = await copy(code);
    copyButton.textContent = copied ? 'Copied' : 'Copy';
    $('said').textContent = copied ? 'Copied' : 'It cannot be copied here: select it by hand';
  });
  command.append(copyButton);
}

for (const command of document.querySelectorAll('.command')) addCopyButton(command);
fill({
  loginOnly: `kci login --api-url ${shellWord(apiUrl)}`,
  reset: `kci user password reset --api-url ${shellWord(apiUrl)} name@example.org`,
});
$('show').addEventListener('change', ({ target }) => {
  for (const input of [password, again]) input.type = target.checked ? 'text' : 'password';
});
for (const input of [tokenInput, password, again]) input.addEventListener('input', () => complain(input, ''));
form.addEventListener('submit', accept);
if (linkToken === '') askForToken();
show('ask');
