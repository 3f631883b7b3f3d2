-- Searches that are all different, so that the reply cache does not answer.
local words = {"lamp", "blue", "coffee", "cable", "samsng", "phone case", "wool", "charger", "tv", "mug",
               "battery", "camera", "headphnes", "garden", "tea"}
local count = 0
request = function()
    count = count + 1
    local word = words[count % #words + 1]:gsub(" ", "+")
    local price = 100000 + count * 7 % 900000
    return wrk.format("GET", "/api/v1/products?limit=12&q=" .. word .. "&price_max=" .. price)
end
