package org.signalpost.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialects;
import java.net.URLDecoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * {@code docs/api/openapi.yaml}, and whether the server answers as it says. Everything that is looked up in it is
 * written there as a reference to a component. Safe to share.
 */
final class ApiDescription {
    static final JsonNode DOCUMENT = YAMLMapper.builder().build().readTree(Path.of("../docs/api/openapi.yaml"));

    private static final String NAME = "https://signalpost.example/openapi.json";
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDialect(
            Dialects.getOpenApi31(),
            registry -> registry.schemas(Map.of(NAME, DOCUMENT.toString()))
                    .schemaRegistryConfig(SchemaRegistryConfig.builder()
                            .formatAssertionsEnabled(true)
                            .build()));

    /** What stands below these is for programs; the rest are pages for people. */
    private static final List<String> BEGINNINGS =
            List.of("/api/", "/v1/", "/c/", "/u/", "/mail/track/", "/mail/v1/", "/health/", "/metrics");

    /** Fields of the head that say something of the call, and so have to be described. */
    private static final String TELLING =
            "x-(?!content-type-options).*|idempotency-.*|retry-after|www-authenticate|allow|location";

    /** Codes of what is refused before anything else is looked at. */
    private static final String BEFORE_US =
            "bad_request|too_slow|address_too_long|encoded_body|expectation_failed|head_too_large|stopping";

    private ApiDescription() {}

    /** The address as it stands in the description, when it is there. */
    static String canonical(String path) {
        if (path.startsWith("/mail/v1/")) {
            return "/api" + path.substring("/mail".length());
        }
        return path.startsWith("/v1/") ? "/api" + path : path;
    }

    static boolean isForPrograms(String path) {
        return BEGINNINGS.stream().anyMatch(path::startsWith);
    }

    /** Fails when the answer is not as described; {@code target} is the path and the query that were asked. */
    static void check(String method, String target, String body, HttpResponse<byte[]> answer) {
        String[] parts = target.split("\\?", 2);
        if (!isForPrograms(parts[0])) {
            return;
        }
        String what = method + " " + target + " " + answer.statusCode() + " " + RunningServer.text(answer);
        if (isBeforeUs(answer)) {
            assertThat(answer.headers().firstValue("X-Request-Id")).as(what).isPresent();
            valid(what, "#/components/schemas/Problem", JSON.readTree(answer.body()));
            return;
        }
        List<String> paths = paths(canonical(parts[0]));
        String verb = method.equals("HEAD") ? "get" : method.toLowerCase(java.util.Locale.ROOT);
        Optional<String> path = paths.stream()
                .filter(one -> DOCUMENT.path("paths").path(one).has(verb))
                .findFirst();
        if (path.isEmpty()) {
            int status = paths.isEmpty() ? 404 : 405;
            assertThat(answer.statusCode()).as(what).isIn(status, 401, 429);
            String name = switch (answer.statusCode()) {
                case 401 -> "Unauthenticated";
                case 404 -> "NotHere";
                case 405 -> "MethodNotAllowed";
                default -> "TooManyRequests";
            };
            answered(what, DOCUMENT.at("/components/responses/" + name), method, answer);
            return;
        }
        JsonNode operation = DOCUMENT.path("paths").path(path.get()).path(verb);
        JsonNode response = operation.path("responses").path(Integer.toString(answer.statusCode()));
        assertThat(response.isObject())
                .as("no such status is described: " + what)
                .isTrue();
        answered(what, resolved(response), method, answer);
        if (isGranted(answer)) {
            asked(what, path.get(), operation, parts.length > 1 ? parts[1] : "", body);
        }
    }

    /** Whole: in a batch, what is wrong has an outcome of its own. */
    private static boolean isGranted(HttpResponse<byte[]> answer) {
        return answer.statusCode() < 300 && !RunningServer.text(answer).matches("(?s).*,\"failed\":[1-9][0-9]*}");
    }

    /** What the server refuses before it knows the path. */
    private static boolean isBeforeUs(HttpResponse<byte[]> answer) {
        return RunningServer.text(answer).matches("(?s).*\"code\":\"(" + BEFORE_US + ")\".*");
    }

    /** The described paths that this one is of, the most exact first. */
    private static List<String> paths(String given) {
        return DOCUMENT.path("paths").propertyNames().stream()
                .filter(path -> matches(path.split("/", -1), given.split("/", -1)))
                .sorted(Comparator.comparingInt(
                        path -> path.length() - path.replace("{", "").length()))
                .toList();
    }

    private static boolean matches(String[] path, String[] given) {
        if (path.length != given.length) {
            return false;
        }
        for (int i = 0; i < path.length; i++) {
            if (path[i].startsWith("{") ? given[i].isEmpty() : !path[i].equals(given[i])) {
                return false;
            }
        }
        return true;
    }

    /** What a reference leads to, else the node itself. */
    static JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? DOCUMENT.at(node.path("$ref").asString().substring(1)) : node;
    }

    private static void answered(String what, JsonNode response, String method, HttpResponse<byte[]> answer) {
        JsonNode headers = response.path("headers");
        for (Map.Entry<String, JsonNode> header : headers.properties()) {
            Optional<String> value = answer.headers().firstValue(header.getKey());
            if (resolved(header.getValue()).path("required").asBoolean()) {
                assertThat(value).as(header.getKey() + " of " + what).isPresent();
            }
            value.ifPresent(text -> valid(
                    header.getKey() + " of " + what,
                    header.getValue().path("$ref").asString() + "/schema",
                    typed(resolved(header.getValue()).path("schema"), text)));
        }
        assertThat(answer.headers().map().keySet().stream().filter(name -> name.matches(TELLING)))
                .as("what is described of the head of " + what)
                .allMatch(name -> headers.propertyNames().stream().anyMatch(name::equalsIgnoreCase));
        Optional<String> type = answer.headers().firstValue("Content-Type");
        if (!response.has("content")) {
            assertThat(type).as(what).isEmpty();
            assertThat(answer.body()).as(what).isEmpty();
            return;
        }
        JsonNode content = response.path("content").path(type.orElse(""));
        assertThat(content.isObject())
                .as("no " + type + " is described: " + what)
                .isTrue();
        if (!method.equals("HEAD") && type.orElse("").endsWith("json")) {
            valid(what, content.path("schema").path("$ref").asString(), JSON.readTree(answer.body()));
        }
    }

    /** What was granted has to be what the description lets one ask. */
    private static void asked(String what, String path, JsonNode operation, String query, String body) {
        List<JsonNode> parameters = Stream.of(DOCUMENT.path("paths").path(path), operation)
                .flatMap(node -> node.path("parameters").valueStream())
                .toList();
        for (String pair : query.isEmpty() ? new String[0] : query.split("&")) {
            String[] parts = Arrays.copyOf(pair.split("=", 2), 2);
            JsonNode parameter = parameters.stream()
                    .filter(one -> resolved(one).path("name").asString().equals(parts[0]))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(parts[0] + " is not described: " + what));
            String text = URLDecoder.decode(String.valueOf(parts[1]).replace("+", "%2B"), StandardCharsets.UTF_8);
            valid(
                    what,
                    parameter.path("$ref").asString() + "/schema",
                    typed(resolved(parameter).path("schema"), text));
        }
        JsonNode wanted = operation.path("requestBody");
        if (path.startsWith("/api/v1/") && !body.isEmpty()) {
            JsonNode schema = wanted.at("/content/application~1json/schema");
            assertThat(schema.isObject()).as("no body is described: " + what).isTrue();
            valid("body of " + what, schema.path("$ref").asString(), JSON.readTree(body));
        } else {
            assertThat(wanted.path("required").asBoolean(/* defaultValue= */ false))
                    .as(what)
                    .isFalse();
        }
    }

    private static JsonNode typed(JsonNode schema, String text) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (schema.path("type").asString("")) {
            case "integer" ->
                text.matches("-?[0-9]{1,18}") ? nodes.numberNode(Long.parseLong(text)) : nodes.stringNode(text);
            case "boolean" ->
                text.matches("true|false") ? nodes.booleanNode(text.equals("true")) : nodes.stringNode(text);
            default -> nodes.stringNode(text);
        };
    }

    /** Fails when the value is not as the component says. */
    static void valid(String what, String component, JsonNode value) {
        assertThat(SCHEMAS.getSchema(SchemaLocation.of(NAME + component)).validate(value))
                .as(component + ": " + what)
                .isEmpty();
    }
}
