// How each vendor's wire looks from its own side. A format says which requests are its own, where a site finds it, and how the
// events of a reply are written; provider.js does the rest. The oddities are the vendors': pings, usage in odd places, chunks
// without choices, thoughts beside the text.

const data = (json) => `data: ${JSON.stringify(json)}\n\n`;
const named = (event, json) => `event: ${event}\ndata: ${JSON.stringify(json)}\n\n`;
const USAGE = { prompt_tokens: 9, completion_tokens: 7, total_tokens: 16 };
const INTERNAL = "INTERNAL DETAIL of the provider";

const chunk = (request, choices, usage = null) => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1_763_640_000,
  model: request.body.model,
  service_tier: "default",
  system_fingerprint: "fp_test",
  choices,
  usage,
  obfuscation: "x".repeat(1 + (request.text.length % 7)),
});
const choice = (delta, finish_reason = null) => [{ index: 0, delta, logprobs: null, finish_reason }];

/** Chat completions, as OpenAI writes them. */
const openai = {
  paths: /^\/v1\/chat\/completions$/,
  settings: ({ origin }) => ({ kind: "openai", base_url: `${origin}/v1` }),
  key: ({ authorization }) => authorization?.replace(/^Bearer /, ""),
  roles: ({ messages }) => messages.map(({ role }) => role),
  begin: (request) => data(chunk(request, choice({ role: "assistant", content: "", refusal: null }))),
  text: (request, content) => data(chunk(request, choice({ content }))),
  end: (request, reason) =>
    data(chunk(request, choice({}, reason))) +
    (request.body.stream_options?.include_usage ? data(chunk(request, [], USAGE)) : "") +
    "data: [DONE]\n\n",
  error: () => data({ error: { message: INTERNAL, type: "server_error", code: null, param: null } }),
  refusal: (status) => ({ error: { message: INTERNAL, type: "test_error", code: status === 429 ? "rate_limit_exceeded" : null } }),
  spent: [429, { error: { message: INTERNAL, type: "insufficient_quota", code: "insufficient_quota" } }],
  blocked: () => [400, { error: { message: INTERNAL, type: "invalid_request_error", code: "content_policy_violation", param: null } }],
};

/** What servers that follow it make of that: comments, reasoning beside the text, usage on the last choice, no `[DONE]`. */
const compatible = {
  ...openai,
  paths: /^\/compatible\/v1\/chat\/completions$/,
  settings: ({ origin }) => ({ kind: "openai-compatible", base_url: `${origin}/compatible/v1` }),
  begin: (request) => `: PROCESSING\n\n${data(chunk(request, choice({ reasoning_content: "A THOUGHT", content: null })))}`,
  end: (request, reason) => data({ ...chunk(request, choice({ content: "" }, reason), USAGE), timings: { n: 1 } }),
};

const named_by_sequence = (request, type, more) => {
  request.sequence = (request.sequence ?? -1) + 1;
  return named(type, { type, ...more, sequence_number: request.sequence });
};
const finished = (request, type, more) =>
  named_by_sequence(request, type, {
    response: { id: "resp_1", error: null, usage: { input_tokens: 9, output_tokens: 7, total_tokens: 16 }, ...more },
  });

/** OpenAI's responses. */
const responses = {
  ...openai,
  paths: /^\/v1\/responses$/,
  settings: ({ origin }) => ({ kind: "openai-responses", base_url: `${origin}/v1` }),
  roles: ({ input }) => ["system", ...input.map(({ role }) => role)],
  begin: (request) =>
    named_by_sequence(request, "response.created", { response: { id: "resp_1", status: "in_progress", error: null } }) +
    named_by_sequence(request, "response.reasoning_summary_text.delta", { delta: "A THOUGHT" }),
  text: (request, delta) => named_by_sequence(request, "response.output_text.delta", { item_id: "i", output_index: 0, content_index: 0, delta }),
  end: (request, reason) =>
    reason === "stop"
      ? finished(request, "response.completed")
      : finished(request, "response.incomplete", { incomplete_details: { reason: reason === "length" ? "max_output_tokens" : reason } }),
  error: (request) => named_by_sequence(request, "error", { code: "server_error", message: INTERNAL, param: null }),
  blocked: () => [400, { error: { message: INTERNAL, type: "invalid_request_error", code: "invalid_prompt", param: null } }],
};

const filter = { hate: { filtered: false, severity: "safe" } };

/** Azure: the first chunk has no choices, others carry nothing but a filter's results. */
const azure = {
  ...openai,
  paths: /^\/openai\/v1\/chat\/completions$/,
  settings: ({ origin }) => ({ kind: "azure", base_url: origin }),
  key: (headers) => headers["api-key"],
  begin: (request) =>
    data({ ...chunk(request, []), id: "", model: "", prompt_filter_results: [{ prompt_index: 0, content_filter_results: filter }] }) +
    data({ ...chunk(request, [{ index: 0, content_filter_results: filter, content_filter_offsets: { check_offset: 0 } }]), id: "" }),
  refusal: (status) => ({ error: { message: INTERNAL, code: String(status), status } }),
  blocked: () => [400, { error: { message: INTERNAL, code: "content_filter", status: 400, innererror: { code: "ResponsibleAIPolicyViolation" } } }],
};

/** Azure's classic form. */
const azureClassic = {
  ...azure,
  paths: /^\/openai\/deployments\/m-test\/chat\/completions\?api-version=2024-10-21$/,
  settings: ({ origin }) => ({ kind: "azure", base_url: origin, api_version: "2024-10-21" }),
};

/** Anthropic: named events, pings, a thought in a block of its own, no `[DONE]`. */
const anthropic = {
  paths: /^\/v1\/messages$/,
  settings: ({ origin }) => ({ kind: "anthropic", base_url: `${origin}/v1` }),
  key: (headers) => headers["x-api-key"],
  roles: ({ system, messages }) => [...(system ? ["system"] : []), ...messages.map(({ role }) => role)],
  begin: (request) =>
    named("message_start", {
      type: "message_start",
      message: {
        id: "msg_1",
        type: "message",
        role: "assistant",
        content: [],
        model: request.body.model,
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 9, output_tokens: 1, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 },
      },
    }) +
    named("ping", { type: "ping" }) +
    named("content_block_start", { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "", signature: "" } }) +
    named("content_block_delta", { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "A THOUGHT" } }) +
    named("content_block_stop", { type: "content_block_stop", index: 0 }) +
    named("content_block_start", { type: "content_block_start", index: 1, content_block: { type: "text", text: "" } }),
  text: (_, text) => named("content_block_delta", { type: "content_block_delta", index: 1, delta: { type: "text_delta", text } }),
  end: (_, reason) =>
    named("content_block_stop", { type: "content_block_stop", index: 1 }) +
    named("message_delta", {
      type: "message_delta",
      delta: { stop_reason: { stop: "end_turn", length: "max_tokens", content_filter: "refusal" }[reason], stop_sequence: null },
      usage: { output_tokens: 7 },
    }) +
    named("message_stop", { type: "message_stop" }),
  error: () => named("error", { type: "error", error: { type: "overloaded_error", message: INTERNAL }, request_id: "req_1" }),
  refusal: (status) => ({ type: "error", error: { type: status === 529 ? "overloaded_error" : "api_error", message: INTERNAL }, request_id: "req_1" }),
  spent: [400, { type: "error", error: { type: "invalid_request_error", message: "Your credit balance is too low to access the API." } }],
  // It has no refusal before the stream: the model refuses in its first words.
  blocked: (request) => [200, anthropic.begin(request) + anthropic.end(request, "content_filter")],
};

const content = (parts, more = {}) => ({ candidates: [{ content: { role: "model", parts }, index: 0, ...more }], modelVersion: "g" });
const counted = (json) => ({ ...json, usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 5, thoughtsTokenCount: 2, totalTokenCount: 16 } });

/** Gemini: CRLF, a thought among the parts, no end but the end, an error without `data:`. */
const gemini = {
  paths: /^\/v1beta\/models\/m-test:streamGenerateContent\?alt=sse$/,
  settings: ({ origin }) => ({ kind: "gemini", base_url: `${origin}/v1beta` }),
  key: (headers) => headers["x-goog-api-key"],
  roles: ({ contents }) => ["system", ...contents.map(({ role }) => (role === "model" ? "assistant" : role))],
  begin: () => data(counted(content([{ text: "A THOUGHT", thought: true }]))).replaceAll("\n", "\r\n"),
  text: (_, text) => data(counted(content([{ text }]))).replaceAll("\n", "\r\n"),
  end: (_, reason) =>
    data(counted(content([{ text: "" }], { finishReason: { stop: "STOP", length: "MAX_TOKENS", content_filter: "SAFETY" }[reason] }))).replaceAll("\n", "\r\n"),
  error: () => `${JSON.stringify({ error: { code: 503, message: INTERNAL, status: "UNAVAILABLE" } }, null, 2)}\r\n`,
  refusal: (status) => ({ error: { code: status, message: INTERNAL, status: "UNAVAILABLE" } }),
  spent: [402, { error: { code: 402, message: INTERNAL, status: "FAILED_PRECONDITION" } }],
  blocked: () => [200, data({ promptFeedback: { blockReason: "PROHIBITED_CONTENT" }, modelVersion: "g" })],
};

/** Workers AI as its binding calls it: no key, the model in a header; a token that looks like a number is one, usage comes late. */
const workersAiNative = {
  paths: /^\/$/,
  model: "@cf/test/native",
  settings: () => ({ kind: "workers-ai", model: "@cf/test/native", key: undefined }),
  key: (headers) => headers.authorization ?? headers["mf-header-authorization"],
  roles: ({ inputs }) => inputs.messages.map(({ role }) => role),
  begin: () => data({ response: "", p: "abc" }),
  text: (_, text) => data({ response: /^\d+$/.test(text) ? Number(text) : text, p: "abcdefgh" }),
  end: () => data({ response: "", usage: USAGE }) + "data: [DONE]\n\n",
  error: () => data({ error: { code: 3040, message: INTERNAL } }),
  refusal: (code) => ({ internalCode: code, description: INTERNAL, name: "AiError" }),
};

/** The same with a model that streams chat completions. */
const workersAiChat = {
  ...workersAiNative,
  model: "@cf/test/chat",
  settings: () => ({ kind: "workers-ai", model: "@cf/test/chat", key: undefined }),
  begin: (request) => data(chunk(request, choice({ role: "assistant", content: "", reasoning_content: "A THOUGHT" }))),
  text: (request, content) => data(chunk(request, choice({ content }))),
  end: openai.end,
};

/** Every format by its name. */
export const FORMATS = { openai, compatible, responses, azure, azureClassic, anthropic, gemini };

/** The binding's, which only an edge that has it can speak. */
export const BINDING = { workersAiNative, workersAiChat };

/** The format whose request this is. */
export const formatOf = (url, headers) =>
  Object.values({ ...FORMATS, ...BINDING }).find(({ paths, model }) => paths.test(url) && (!model || headers["mf-header-cf-consn-model-id"] === model));
