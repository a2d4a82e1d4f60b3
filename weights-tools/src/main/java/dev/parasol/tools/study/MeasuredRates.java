package dev.parasol.tools.study;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.scoring.ErrorRate;
import java.util.LinkedHashMap;
import java.util.Map;

/** Error rates by test set, as the journal keeps them. */
final class MeasuredRates {
    private static final String SETS = "sets";

    private MeasuredRates() {}

    static void put(ObjectNode node, Map<String, ErrorRate> rates) {
        ObjectNode sets = node.putObject(SETS);
        rates.forEach((set, rate) ->
                sets.putObject(set).put("errors", rate.errors()).put("units", rate.units()).put("low", rate.low()).put("high", rate.high()));
    }

    static Map<String, ErrorRate> of(JsonNode node) {
        Map<String, ErrorRate> rates = new LinkedHashMap<>();
        node.get(SETS).fields().forEachRemaining(set -> {
            JsonNode rate = set.getValue();
            rates.put(set.getKey(), new ErrorRate(rate.get("errors").asInt(), rate.get("units").asInt(), rate.get("low").asDouble(), rate.get("high").asDouble()));
        });
        return rates;
    }
}
