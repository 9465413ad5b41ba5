-- The access check of Apache's mod_lua: asks latchkey-edge about a request. Needs LuaSocket (Debian: lua-socket).

require "apache2"
local socket = require "socket"

local TIMEOUT_SECONDS = 1

-- What the edge accepts is a little more.
local MAX_BYTES = 100 * 1024

local IDENTITY = {
    "Latchkey-User", "Latchkey-Session", "Latchkey-Device", "Latchkey-Roles",
    "Latchkey-Auth-Time", "Latchkey-Amr", "Latchkey-Assertion",
}

-- Of the connection or the body, which the edge does not get; or set below.
local NOT_FORWARDED = {
    ["connection"] = true, ["keep-alive"] = true, ["te"] = true, ["trailer"] = true, ["upgrade"] = true,
    ["transfer-encoding"] = true, ["content-length"] = true, ["expect"] = true, ["proxy-connection"] = true,
    ["x-forwarded-for"] = true, ["x-forwarded-proto"] = true, ["x-forwarded-host"] = true,
    ["x-forwarded-method"] = true, ["x-forwarded-uri"] = true,
}

local UNAVAILABLE = '{"type":"/docs/errors#service_unavailable","title":"The service is temporarily unavailable",'
    .. '"status":503,"code":"service_unavailable"}'

-- All spellings: some applications read Latchkey_User as Latchkey-User.
local function strip_identity(r)
    local found = {}
    for name in pairs(r:headers_in_table()) do
        if name:lower():find("^latchkey[-_]") then found[#found + 1] = name end
    end
    for _, name in ipairs(found) do r.headers_in[name] = nil end
end

-- Apache appends to what the client sent under these names, and does not set the last.
local function replace_forwarded(r)
    for _, name in ipairs({ "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Server" }) do
        r.headers_in[name] = nil
    end
    r.headers_in["X-Forwarded-Proto"] = r.is_https and "https" or "http"
end

local function request_for_edge(r, demands)
    local lines = { "GET /check?" .. demands .. " HTTP/1.1", "Connection: close" }
    for name, value in pairs(r:headers_in_table()) do
        if not NOT_FORWARDED[name:lower()] then lines[#lines + 1] = name .. ": " .. value end
    end
    lines[#lines + 1] = "X-Forwarded-For: " .. r.useragent_ip
    lines[#lines + 1] = "X-Forwarded-Proto: " .. (r.is_https and "https" or "http")
    lines[#lines + 1] = "X-Forwarded-Host: " .. (r.headers_in["Host"] or "")
    lines[#lines + 1] = "X-Forwarded-Method: " .. r.method
    lines[#lines + 1] = "X-Forwarded-Uri: " .. r.unparsed_uri
    return table.concat(lines, "\r\n") .. "\r\n\r\n"
end

-- Returns status, headers with lower-case names, and body; or nothing if the edge does not answer.
local function ask(edge, request)
    local host, port = edge:match("^(.*):(%d+)$")
    local connection = socket.tcp()
    connection:settimeout(TIMEOUT_SECONDS)
    if not connection:connect(host, tonumber(port)) then return connection:close() and nil end
    connection:send(request)
    local answer = connection:receive("*a")
    connection:close()
    local head, body = (answer or ""):match("^(.-\r\n)\r\n(.*)$")
    if not head then return nil end
    local headers = {}
    for name, value in head:gmatch("([^\r\n:]+): ?([^\r\n]*)\r\n") do headers[name:lower()] = value end
    return tonumber(head:match("^HTTP/1%.1 (%d+)")), headers, body
end

local function refuse(r, status, headers, body)
    r.status = status
    r.content_type = headers["content-type"] or "application/problem+json"
    for _, name in ipairs({ "Cache-Control", "WWW-Authenticate", "Retry-After", "Location" }) do
        r.err_headers_out[name] = headers[name:lower()]
    end
    r:write(body)
    return apache2.DONE
end

function check(r)
    -- Headers named in Connection are removed after the check: a client must not remove its identity.
    if (r.headers_in["Connection"] or ""):lower():find("latchkey", 1, true) then return 400 end
    strip_identity(r)
    replace_forwarded(r)
    local demands = r.subprocess_env["LATCHKEY_DEMANDS"]
    if demands == "public" then return apache2.OK end
    local request = request_for_edge(r, demands)
    if #request > MAX_BYTES then return 431 end
    local status, headers, body = ask(r.subprocess_env["LATCHKEY_EDGE"], request)
    if not status then return refuse(r, 503, { ["retry-after"] = "1" }, UNAVAILABLE) end
    if status ~= 200 then return refuse(r, status, headers, body) end
    for _, name in ipairs(IDENTITY) do r.headers_in[name] = headers[name:lower()] or "" end
    return apache2.OK
end
