// panva's oidc-provider, certified by the OpenID Foundation, with one client: ours. Port, redirect URI and secret are arguments.
import Provider from 'oidc-provider';

const [port, redirectUri, signedOut, secret] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const provider = new Provider(issuer, {
  clients: [{
    client_id: 'vestibule', client_secret: secret, redirect_uris: [redirectUri], post_logout_redirect_uris: [signedOut],
    backchannel_logout_uri: redirectUri.replace('/callback', '/logout'), backchannel_logout_session_required: true,
  }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'given_name', 'family_name'] },
  features: { backchannelLogout: { enabled: true }, rpInitiatedLogout: { enabled: true }, devInteractions: { enabled: true } },
  pkce: { required: () => true },
  findAccount: (_, sub) => ({
    accountId: sub,
    claims: () => ({
      sub, email: `${sub}@acme.example`, email_verified: true, name: 'Grace Hopper', given_name: 'Grace', family_name: 'Hopper',
    }),
  }),
});
provider.listen(Number(port), '127.0.0.1', () => console.log('up'));
