import type { Member } from './member.ts';

/** The callbacks by which the tar scanner reports the members of an archive in order. */
export interface MemberObserver {
  /**
   * Called for each tar member in order. Returns how many bytes from the beginning of the body to pass to `body` later.
   */
  member(member: Member): number;
  /**
   * Called with the beginning of a member's body, as long as `member` asked for. The bytes are only valid during the
   * call.
   */
  body(member: Member, bytes: Uint8Array): void;
  /** Called right after `member`. Returns true if `walk` is to yield the whole body of this member, piece by piece. */
  streams?(member: Member): boolean;
}

/** A piece of a member's body, which `walk` yields. Its bytes are only valid until the next piece is taken. */
export interface BodyPiece {
  member: Member;
  bytes: Uint8Array;
  last: boolean;
}
