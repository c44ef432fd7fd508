// Passkeys and security keys: autofill, the button, creation. Without this script the
// buttons stay hidden and every page offers another way.
const data = (id) => {
  const block = document.getElementById(id);
  return block ? JSON.parse(block.textContent) : undefined;
};
const status = document.getElementById('passkey-status');
const say = (name) => {
  if (!status) return;
  status.textContent = status.dataset[name] ?? '';
  status.hidden = !status.textContent;
};

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
const described = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));

const requestOptions = (json) => PublicKeyCredential.parseRequestOptionsFromJSON?.(json) ??
  { ...json, challenge: bytes(json.challenge), allowCredentials: described(json.allowCredentials) };
const creationOptions = (json) => PublicKeyCredential.parseCreationOptionsFromJSON?.(json) ?? {
  ...json,
  challenge: bytes(json.challenge),
  user: { ...json.user, id: bytes(json.user.id) },
  excludeCredentials: described(json.excludeCredentials),
};

const toJson = (credential) => {
  try {
    return credential.toJSON();
  } catch {
    // Older browsers and some extensions lack it.
    const { response } = credential;
    const out = {};
    for (const name of ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
      if (response[name]) out[name] = text(response[name]);
    }
    if (response.getTransports) out.transports = response.getTransports();
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: out,
    };
  }
};

const form = document.querySelector('form[data-webauthn]');
const json = data('webauthn-options');
// Both the bare options and the object around them are understood.
const options = json?.publicKey ?? json;
let pending;

// One ceremony at a time: a new one ends the one that waits in the autofill.
const ceremony = async (mediation) => {
  pending?.abort();
  pending = new AbortController();
  const { signal } = pending;
  if (form.dataset.webauthn === 'create') {
    return navigator.credentials.create({ publicKey: creationOptions(options), signal });
  }
  return navigator.credentials.get({ publicKey: requestOptions(options), mediation, signal });
};

const send = (credential) => {
  form.elements.credential.value = JSON.stringify(toJson(credential));
  form.requestSubmit(button);
};

const failed = (error) => {
  if (error.name === 'AbortError') return;
  if (error.name === 'InvalidStateError') say('exists');
  else say(error.name === 'NotAllowedError' ? 'cancelled' : 'failed');
};

const button = form?.querySelector('button[value=passkey]');

const autofill = async () => {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  try {
    const credential = await ceremony('conditional');
    if (credential) send(credential);
  } catch (error) {
    // Autofill fails quietly: nobody asked for it.
    if (error.name !== 'AbortError') console.debug(error.name);
  }
};

if (form && options) {
  if (window.PublicKeyCredential && navigator.credentials) {
    button.hidden = false;
    form.addEventListener('submit', async (event) => {
      if (event.submitter !== button || form.elements.credential.value) return;
      event.preventDefault();
      if (button.getAttribute('aria-disabled') === 'true') return;
      button.setAttribute('aria-disabled', 'true');
      say('waiting');
      try {
        const credential = await ceremony();
        button.removeAttribute('aria-disabled');
        send(credential);
      } catch (error) {
        button.removeAttribute('aria-disabled');
        failed(error);
        if ('autofill' in form.dataset) autofill();
      }
    }, { capture: true });
    addEventListener('pageshow', () => { form.elements.credential.value = ''; });
    addEventListener('pagehide', () => pending?.abort());
    // Not right after a refusal: an authenticator that answers by itself would send the same key again.
    if ('autofill' in form.dataset && !document.getElementById('error-summary')) autofill();
  } else if (!('autofill' in form.dataset)) {
    say('unsupported');
  }
}

// The password manager hides passkeys that were removed here. It is told of this account's only.
const known = data('passkeys-known');
if (known) window.PublicKeyCredential?.signalAllAcceptedCredentials?.(known)?.catch?.(() => {});
