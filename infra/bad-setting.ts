/** The error for a setting of the CDK stack that cannot be deployed. The message is a sentence for whoever set it. */
export class BadSetting extends Error {
  override readonly name = 'BadSetting';
}
