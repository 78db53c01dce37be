// A real OpenID provider for the tests: npm oidc-provider with people who need no password. Keys are made anew at each start.
import { generateKeyPairSync } from 'node:crypto';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [folder, port, config] = process.argv.slice(2);
const { Provider } = await import(pathToFileURL(createRequire(`${folder}/`).resolve('oidc-provider')));
const { clients, people, algorithm } = JSON.parse(config);
const pair = algorithm === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = { ...pair.privateKey.export({ format: 'jwk' }), use: 'sig', alg: algorithm, kid: `key-${Date.now()}` };
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: clients.map((client) => ({ ...client, grant_types: ['authorization_code'], response_types: ['code'], id_token_signed_response_alg: algorithm })),
  jwks: { keys: [key] },
  cookies: { keys: ['a key of the tests'] },
  pkce: { required: () => true },
  conformIdTokenClaims: false,
  claims: { openid: ['sub', 'member_id'], email: ['email', 'email_verified'], profile: ['name', 'preferred_username'] },
  scopes: ['openid', 'email', 'profile'],
  findAccount: (_context, id) => ({ accountId: id, claims: async () => ({ sub: id, ...people[id] }) }),
});
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
