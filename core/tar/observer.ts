import type { Member } from './member.ts';

/** The callbacks by which the tar scanner reports the members of an archive in order. */
export interface MemberObserver {
  /**
   * Called for each tar member, in order. Returns how many bytes from the beginning of the member's body are wanted.
   * The callback `body` then gets them.
   */
  member(member: Member): number;
  /**
   * The callback for the beginning of a member's body: as many bytes as the callback `member` asked for. They are only
   * valid during the call.
   */
  body(member: Member, bytes: Uint8Array): void;
  /** Called right after `member`. True if the whole body of this tar member is wanted: `walk` yields it in pieces. */
  streams?(member: Member): boolean;
}

/** A piece of a member's body, which `walk` yields. Its bytes are only valid until the next piece is taken. */
export interface BodyPiece {
  member: Member;
  bytes: Uint8Array;
  last: boolean;
}
