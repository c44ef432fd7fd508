// An independent OpenID provider for the test of the relying party: anybody signs in under any name.
import Provider from 'oidc-provider';

const { PORT, CALLBACK, CLIENT_SECRET } = process.env;
const provider = new Provider(`http://localhost:${PORT}`, {
  clients: [{
    client_id: 'acme-rp', client_secret: CLIENT_SECRET, redirect_uris: [CALLBACK],
    token_endpoint_auth_method: 'client_secret_basic',
  }],
  pkce: { required: () => true },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'locale'] },
  cookies: { keys: ['only-for-tests'] },
  findAccount: (_, sub) => ({
    accountId: sub,
    claims: () => ({ sub, email: `${sub}@globex.test`, email_verified: true, name: `${sub} of Globex` }),
  }),
});
provider.listen(PORT, 'localhost');
