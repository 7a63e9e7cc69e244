/** A setting of the stack that cannot be deployed. The message is one sentence for the person who set it. */
export class BadSetting extends Error {
  override readonly name = 'BadSetting';
}
