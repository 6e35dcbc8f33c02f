/** The parser comes without types; Socket.IO takes it as it is. */
declare module "socket.io-msgpack-parser" {
  const parser: {
    Encoder: new () => unknown;
    Decoder: new () => unknown;
    protocol: number;
  };
  export default parser;
}
