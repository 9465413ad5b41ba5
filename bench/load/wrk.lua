-- wrk -s wrk.lua URL -- FILE METHOD PATH BODY [HEADER VALUE]...
-- Sends one request per line of FILE, in rotation; `{}` in a value or in BODY is that line.
-- Every request is made before the first is sent: sending one costs a look into a table.
local requests = {}
local turn = 0

function init(args)
  local file, method, path, body = args[1], args[2], args[3], args[4]
  for line in io.lines(file) do
    local with = function(text)
      return (text:gsub('{}', function() return line end))
    end
    local headers = {}
    for i = 5, #args, 2 do headers[args[i]] = with(args[i + 1]) end
    requests[#requests + 1] = wrk.format(method, path, headers, body ~= '' and with(body) or nil)
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\nRESULT {"requests":%d,"micros":%d,"p50":%d,"p99":%d,"errors":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout
  ))
end
