// A sign-in as openid-client does it. Given: issuer, client id, secret, and the cookie of a browser that is signed in.
import * as client from "openid-client";

const [issuer, id, secret, cookie] = process.argv.slice(2);
const callback = "https://app.example/callback";
const config = await client.discovery(new URL(issuer), id, secret, undefined, {
  execute: [client.allowInsecureRequests],
});

const verifier = client.randomPKCECodeVerifier();
const expected = { pkceCodeVerifier: verifier, expectedState: client.randomState(), expectedNonce: client.randomNonce() };
const question = client.buildAuthorizationUrl(config, {
  redirect_uri: callback,
  scope: "openid profile email organizations offline_access",
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: "S256",
  state: expected.expectedState,
  nonce: expected.expectedNonce,
  max_age: "3600",
});
const answer = await fetch(question, { redirect: "manual", headers: { cookie } });
const back = new URL(answer.headers.get("location"));

const tokens = await client.authorizationCodeGrant(config, back, { ...expected, maxAge: 3600, idTokenExpected: true });
const claims = tokens.claims();
const person = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
const before = await client.tokenIntrospection(config, refreshed.access_token);
const leaving = client.buildEndSessionUrl(config, {
  id_token_hint: tokens.id_token,
  post_logout_redirect_uri: "https://app.example/signed-out",
});
await client.tokenRevocation(config, refreshed.refresh_token);
const after = await client.tokenIntrospection(config, refreshed.access_token);

console.log(JSON.stringify({ claims, person, before, after, leaving: leaving.href }));
