/** A setting that no service can be made of. The message is one sentence for whoever chose it. */
export class BadSetting extends Error {
  override readonly name = 'BadSetting';
}
