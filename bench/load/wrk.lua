-- wrk -s wrk.lua URL -- FILE METHOD PATH BODY EXPECT TURN [HEADER VALUE]...
-- Sends one request per line of FILE, in rotation; `{}` in a VALUE or in BODY is replaced by that line. All requests
-- are built before the first one is sent, so that sending one costs a table lookup. With EXPECT, a response whose
-- body does not contain it counts as an error. TURN is the number of requests that earlier runs have sent.
local requests = {}
local turn = 0
local threads = {}
unexpected = 0

function setup(thread) threads[#threads + 1] = thread end

function init(args)
  local file, method, path, body, expect = args[1], args[2], args[3], args[4], args[5]
  for line in io.lines(file) do
    local with = function(text)
      return (text:gsub('{}', function() return line end))
    end
    local headers = {}
    for i = 7, #args, 2 do headers[args[i]] = with(args[i + 1]) end
    requests[#requests + 1] = wrk.format(method, path, headers, body ~= '' and with(body) or nil)
  end
  turn = tonumber(args[6])
  if expect ~= '' then
    response = function(_, _, text)
      if not text:find(expect, 1, true) then unexpected = unexpected + 1 end
    end
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  for _, thread in ipairs(threads) do failed = failed + thread:get('unexpected') end
  io.write(string.format(
    '\nRESULT {"requests":%d,"micros":%d,"p50":%d,"p99":%d,"bytes":%d,"errors":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), summary.bytes, failed
  ))
end
