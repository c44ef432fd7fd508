// Adds to forms that work without it: reveals a password, stops a second submit, posts a form that should go on by itself.
for (const button of document.querySelectorAll('button.reveal')) {
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

for (const form of document.forms) {
  let sent = false;
  form.addEventListener('submit', (event) => {
    if (sent) { event.preventDefault(); return; }
    sent = true;
    event.submitter?.setAttribute('aria-disabled', 'true');
  });
  // A page that comes back from the history may be sent again.
  addEventListener('pageshow', () => {
    sent = false;
    for (const button of form.querySelectorAll('[aria-disabled]')) button.removeAttribute('aria-disabled');
  });
}

const onward = document.querySelector('form[data-onward]');
if (onward) onward.requestSubmit();
