import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex as Socket } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Duplex, HttpResponse } from '#machine/http.ts';
import { type Handle, requestOf } from './http-edge.ts';

/** The protocol of `kubectl exec` (apimachinery, pkg/util/remotecommand): the first byte of a message is its channel. */
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
/** In v5: the channel that the next byte names is closed. */
const CLOSE = 255;

/** Joins WebSockets of real clients to the channels of a simulated server. */
export function websocketEdge(handle: Handle): (incoming: IncomingMessage, socket: Socket, head: Buffer) => void {
  const server = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => PROTOCOLS.find((protocol) => offered.has(protocol)) ?? false,
  });
  return (incoming, socket, head) => {
    let response: HttpResponse;
    try {
      response = handle(requestOf(incoming, undefined));
    } catch {
      socket.destroy();
      return;
    }
    const { upgrade, status, body } = response;
    if (upgrade) server.handleUpgrade(incoming, socket, head, (websocket) => join(websocket, upgrade));
    else refuse(socket, status, body);
  };
}

function refuse(socket: Socket, status: number, body: unknown): void {
  const isText = typeof body === 'string';
  const text = isText ? body : JSON.stringify(body ?? {});
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    `Content-Type: ${isText ? 'text/plain' : 'application/json'}`,
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`);
}

function join(websocket: WebSocket, channels: Duplex): void {
  channels.output.read({
    next: ({ channel, data }) => websocket.send(Buffer.concat([Buffer.of(channel), Buffer.from(data, 'utf8')])),
    end: ({ error }) => {
      if (error) websocket.terminate();
      else websocket.close(1000);
    },
  });
  // A letter of several bytes may come in two messages.
  const decoders = new Map<number, TextDecoder>();
  websocket.on('message', (message: Buffer) => {
    const channel = message[0] ?? 0;
    if (channel === CLOSE) {
      channels.end(message[1]);
      return;
    }
    const decoder = decoders.get(channel) ?? new TextDecoder('utf-8', { ignoreBOM: true });
    decoders.set(channel, decoder);
    channels.input(channel, decoder.decode(message.subarray(1), { stream: true }));
  });
  websocket.on('close', () => channels.end());
  websocket.on('error', () => channels.end());
}
