/** The two nginx that take part: the upstream that answers fixed bodies, and the plain proxy that is the limit. */
import { userInfo } from "node:os";
import { anthropicMessage, openaiCompletion, plain1k } from "./fixtures.ts";

/** `directory` holds plain-100k.json and whatever nginx writes. */
export function fixedUpstreamConfig(port: number, directory: string): string {
  return wrap(directory, `
    server {
      listen 127.0.0.1:${port} backlog=1024;
      default_type application/json;
      location = /plain/1k { return 200 '${plain1k}'; }
      location = /plain/100k { alias ${directory}/plain-100k.json; }
      location = /v1/chat/completions { return 200 '${openaiCompletion}'; }
      location = /v1/messages { return 200 '${anthropicMessage}'; }
      location / { return 200 '${plain1k}'; }
    }`);
}

export interface ProxyPorts {
  port: number;
  fixedPort: number;
  scriptedPort: number;
}

/** A plain proxy tuned as its manual says: upstream connections kept, bodies in memory, no access log, no key, no limit. */
export function plainProxyConfig(ports: ProxyPorts, directory: string): string {
  return wrap(directory, `
    upstream fixed { server 127.0.0.1:${ports.fixedPort}; keepalive 256; keepalive_requests 1000000000; }
    upstream scripted { server 127.0.0.1:${ports.scriptedPort}; keepalive 256; keepalive_requests 1000000000; }
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_buffer_size 16k;
    proxy_buffers 16 16k;
    proxy_max_temp_file_size 0;
    client_body_buffer_size 256k;
    server {
      listen 127.0.0.1:${ports.port} backlog=1024;
      location / { proxy_pass http://fixed; }
      location /upload { proxy_pass http://scripted; }
      location ~ ^/(openai|anthropic)/ { proxy_pass http://scripted; proxy_buffering off; }
    }`);
}

function wrap(directory: string, http: string): string {
  const { username, uid } = userInfo();
  return `${uid === 0 ? `user ${username};` : ""}
daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
error_log ${directory}/error.log warn;
events { worker_connections 8192; }
http {
  access_log off;
  tcp_nodelay on;
  keepalive_requests 1000000000;
  keepalive_timeout 300s;
  client_max_body_size 64m;
  client_body_temp_path ${directory}/client-body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;${http}
}
`;
}
