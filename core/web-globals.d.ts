// The only globals beyond ECMAScript's own that the core may use: those that browsers, Node and other runtimes all have
// (WinterTC, Minimum Common Web API). `tsc -p core` knows no others, so that a Node global in the core is an error.

declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
  encodeInto(text: string, bytes: Uint8Array): { read: number; written: number };
}

declare class TextDecoder {
  constructor(label?: string, options?: { ignoreBOM?: boolean; fatal?: boolean });
  decode(bytes?: Uint8Array, options?: { stream?: boolean }): string;
}

declare function atob(base64: string): string;
declare function btoa(byteString: string): string;
