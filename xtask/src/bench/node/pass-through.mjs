// A Worker that does nothing but pass bytes on: what a chat costs at least under workerd.

export default {
  fetch(request, { UPSTREAM }) {
    return fetch(UPSTREAM, { method: request.method, headers: request.headers, body: request.body });
  },
};
