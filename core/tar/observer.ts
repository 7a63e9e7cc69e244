import type { Member } from './member.ts';

/** The callbacks by which `TarScanner` reports the members of a tar archive in order. */
export interface MemberObserver {
  /**
   * Called for each tar member, in order. Returns how many bytes from the beginning of the member's body are wanted.
   * The callback `body` then gets them.
   */
  member(member: Member): number;
  /**
   * Called with the first bytes of a member's body, as many as the callback `member` returned or the whole body if it
   * is shorter. Not called when there are no such bytes. The bytes are only valid during the call.
   */
  body(member: Member, bytes: Uint8Array): void;
  /**
   * Called right after `member`. Returns true if the whole body of the tar member is wanted. `TarScanner.walk` then
   * yields the body in pieces. If it is absent, no body is yielded.
   */
  streams?(member: Member): boolean;
}

/**
 * A piece of a tar member's body, as `TarScanner.walk` yields it. `last` is true for the last piece of the body. The
 * bytes are only valid until the next piece is taken.
 */
export interface BodyPiece {
  member: Member;
  bytes: Uint8Array;
  last: boolean;
}
