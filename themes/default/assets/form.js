// Adds to forms that work without it: reveals a password, keeps what was typed while the language changes, stops a second
// submit, counts down, copies a text, and posts a form that should go on by itself.
const all = (selector) => document.querySelectorAll(selector);

for (const button of all('button.reveal')) {
  const input = document.getElementById(button.getAttribute('aria-controls'));
  if (!input) continue;
  button.hidden = false;
  button.addEventListener('click', () => {
    const show = input.type === 'password';
    input.type = show ? 'text' : 'password';
    button.setAttribute('aria-pressed', String(show));
    button.textContent = show ? button.dataset.hide : button.dataset.show;
    input.focus();
  });
  input.form?.addEventListener('submit', () => { input.type = 'password'; });
}

// Another language loads the page anew: what was typed comes back once, but no password and no code.
const draft = `typed ${location.pathname}`;
const typed = () => [...all('input, select')].filter((field) => field.id && field.id !== 'code' && field.offsetParent
  && !field.readOnly && /^(text|email|tel|date|number|checkbox|select-one)$/.test(field.type)
  && !/password|one-time|language/.test(field.autocomplete));
try {
  const kept = JSON.parse(sessionStorage.getItem(draft) ?? '{}');
  sessionStorage.removeItem(draft);
  for (const field of typed()) {
    const value = kept[field.id];
    if (typeof value === 'boolean') field.checked = value;
    if (typeof value === 'string') field.value = value;
  }
  document.querySelector('details.languages form')?.addEventListener('submit', () => {
    const values = typed().map((field) => [field.id, field.type === 'checkbox' ? field.checked : field.value]);
    sessionStorage.setItem(draft, JSON.stringify(Object.fromEntries(values)));
  });
} catch {
  // A browser that keeps nothing: the page comes back empty.
}

for (const form of document.forms) {
  let sent = false;
  form.addEventListener('submit', (event) => {
    // Another script took this submit over, or a button still waits for its time.
    if (event.defaultPrevented) return;
    if (sent || event.submitter?.getAttribute('aria-disabled') === 'true') { event.preventDefault(); return; }
    sent = true;
    event.submitter?.setAttribute('aria-disabled', 'true');
  });
  // A page that comes back from the history may be sent again.
  addEventListener('pageshow', () => {
    sent = false;
    for (const button of form.querySelectorAll('[aria-disabled]:not([data-wait])')) button.removeAttribute('aria-disabled');
  });
}

for (const button of all('button[data-wait]')) {
  const text = button.textContent;
  const until = Date.now() + 1000 * Number(button.dataset.wait);
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    if (left <= 0) {
      button.textContent = text;
      button.removeAttribute('aria-disabled');
      return;
    }
    button.setAttribute('aria-disabled', 'true');
    button.textContent = `${text} (${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')})`;
    setTimeout(tick, 1000);
  };
  tick();
}

for (const button of all('button[data-copy]')) {
  const source = document.getElementById(button.dataset.copy);
  if (!source || !navigator.clipboard) continue;
  button.hidden = false;
  const label = button.querySelector('span') ?? button;
  label.setAttribute('aria-live', 'polite');
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(source.textContent.trim());
    label.textContent = button.dataset.done;
  });
}

for (const button of all('button[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}

// Tells that this device can keep passkeys, so that one may be offered once somebody has signed in.
globalThis.PublicKeyCredential?.isUserVerifyingPlatformAuthenticatorAvailable?.().then((can) => {
  for (const form of can ? document.forms : []) {
    if (!form.elements.csrf) continue;
    const field = document.createElement('input');
    Object.assign(field, { type: 'hidden', name: 'passkeys', value: '1' });
    form.append(field);
  }
});

// Something is being made: look again, while somebody looks.
if (document.querySelector('[data-again]')) setInterval(() => { if (!document.hidden) location.replace(location.pathname); }, 2000);

document.querySelector('form[data-onward]')?.requestSubmit();
