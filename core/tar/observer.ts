import type { Member } from './member.ts';

/** The callbacks by which the tar scanner reports the members of an archive in order. */
export interface MemberObserver {
  /**
   * The callback for each tar member, in order. It returns the number of bytes from the beginning of the body that the
   * callback `body` is to get.
   */
  member(member: Member): number;
  /**
   * The callback for the beginning of a member's body: as many bytes as the callback `member` asked for. They are only
   * valid during the call.
   */
  body(member: Member, bytes: Uint8Array): void;
  /** A callback right after `member`: true if `walk` is to yield the whole body of this member, piece by piece. */
  streams?(member: Member): boolean;
}

/** A piece of a member's body, which `walk` yields. Its bytes are only valid until the next piece is taken. */
export interface BodyPiece {
  member: Member;
  bytes: Uint8Array;
  last: boolean;
}
