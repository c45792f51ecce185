// The test makes a key pair of its own for each backend.
export default {
  providers: [
    {
      type: 'customJwt',
      issuer: 'https://issuer.test',
      algorithm: 'ES256',
      applicationID: 'app',
      jwks: process.env['JWKS'] ?? 'data:application/json,{"keys":[]}',
    },
  ],
};
