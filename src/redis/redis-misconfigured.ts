/** Redis answers, but lacks a right, a command or a setting. The message is one line for the operator. */
export class RedisMisconfigured extends Error {
  override readonly name = 'RedisMisconfigured';
}
