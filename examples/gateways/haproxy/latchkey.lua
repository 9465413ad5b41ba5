-- The HAProxy action `lua.latchkey <edge> <demands>`: asks latchkey-edge about a request, with HAProxy's own client.

local IDENTITY = {
    "latchkey-user", "latchkey-session", "latchkey-device", "latchkey-roles",
    "latchkey-auth-time", "latchkey-amr", "latchkey-assertion",
}

-- Of the connection or the body, which the edge does not get; or set below.
local NOT_FORWARDED = {
    ["connection"] = true, ["keep-alive"] = true, ["te"] = true, ["trailer"] = true, ["upgrade"] = true,
    ["transfer-encoding"] = true, ["content-length"] = true, ["expect"] = true, ["accept-encoding"] = true,
    ["x-forwarded-method"] = true, ["x-forwarded-uri"] = true,
}

local TIMEOUT_MS = 1000

local UNAVAILABLE = '{"type":"/docs/errors#service_unavailable","title":"The service is temporarily unavailable",'
    .. '"status":503,"code":"service_unavailable"}'

local function headers_for_edge(txn)
    local headers = {}
    for name, values in pairs(txn.http:req_get_headers()) do
        if not NOT_FORWARDED[name] then
            local list = {}
            for index = 0, #values do list[index + 1] = values[index] end
            headers[name] = list
        end
    end
    -- Without this HAProxy sends its own name, which would be reported as the client's.
    headers["user-agent"] = headers["user-agent"] or { "" }
    headers["x-forwarded-method"] = { txn.f:method() }
    headers["x-forwarded-uri"] = { txn.f:pathq() }
    return headers
end

local function refuse(txn, answer)
    local reply = txn:reply({ status = answer.status })
    for _, name in ipairs({ "content-type", "cache-control", "www-authenticate", "retry-after", "location" }) do
        for _, value in pairs(answer.headers[name] or {}) do reply:add_header(name, value) end
    end
    reply:set_body(answer.body or "")
    txn:done(reply)
end

local function unavailable()
    local headers = { ["content-type"] = { "application/problem+json" }, ["retry-after"] = { "1" } }
    return { status = 503, headers = headers, body = UNAVAILABLE }
end

core.register_action("latchkey", { "http-req" }, function(txn, edge, demands)
    local answer = core.httpclient():get({
        url = "http://" .. edge .. "/check?" .. demands,
        headers = headers_for_edge(txn),
        timeout = TIMEOUT_MS,
    })
    -- 0: the edge did not answer.
    if not answer or answer.status == 0 then return refuse(txn, unavailable()) end
    if answer.status ~= 200 then return refuse(txn, answer) end
    for _, name in ipairs(IDENTITY) do
        local values = answer.headers[name]
        txn.http:req_set_header(name, values and (values[0] or values[1]) or "")
    end
end, 2)
