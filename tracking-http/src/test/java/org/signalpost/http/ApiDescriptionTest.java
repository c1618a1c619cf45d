package org.signalpost.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.signalpost.track.Outbox;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ApiDescriptionTest {
    private static final JsonNode DOCUMENT = ApiDescription.DOCUMENT;
    private static final JsonNode SCHEMAS = DOCUMENT.at("/components/schemas");

    @TempDir
    Path directory;

    private RunningServer server() {
        return new RunningServer(directory, new ConcurrentHashMap<>(), Outbox.EMPTY, Optional.of(new TestQueue()));
    }

    /** Names of parts of a path are the server's own business. */
    private static String nameless(String path) {
        return path.replaceAll("\\{[^}]*}", "{}");
    }

    private static Set<String> described() {
        var operations = new TreeSet<String>();
        DOCUMENT.path("paths")
                .properties()
                .forEach(path -> path.getValue().propertyNames().stream()
                        .filter(name -> !name.equals("parameters"))
                        .forEach(method ->
                                operations.add(method.toUpperCase(Locale.ROOT) + " " + nameless(path.getKey()))));
        return operations;
    }

    @Test
    void every_route_for_programs_is_described_and_what_is_described_is_a_route() {
        try (var server = server()) {
            Set<String> routes = server.routes().stream()
                    .filter(route -> ApiDescription.isForPrograms(route.path()))
                    .map(route -> route.method() + " " + nameless(ApiDescription.canonical(route.path())))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(described()).isEqualTo(routes);
            assertThat(server.routes().stream().map(Route::path))
                    .filteredOn(path -> path.startsWith("/api/v1/"))
                    .allSatisfy(path -> assertThat(server.routes().stream().map(Route::path))
                            .contains(path.substring("/api".length())));
        }
    }

    @Test
    void anybody_may_read_the_description() throws Exception {
        try (var server = server()) {
            var answer = server.get("/api/openapi.yaml");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("content-type")).contains("application/yaml");
            assertThat(answer.body()).isEqualTo(Files.readAllBytes(Path.of("../docs/api/openapi.yaml")));
        }
    }

    @Test
    void every_reference_leads_somewhere_and_every_component_is_used() {
        var used = new TreeSet<String>();
        references(DOCUMENT, used);
        assertThat(used)
                .allSatisfy(reference -> assertThat(
                                DOCUMENT.at(reference.substring(1)).isObject())
                        .as(reference)
                        .isTrue());
        for (String kind : List.of("schemas", "responses", "parameters", "headers")) {
            for (String name : DOCUMENT.path("components").path(kind).propertyNames()) {
                boolean told = kind.equals("responses") && name.equals("MethodNotAllowed");
                assertThat(told || used.contains("#/components/" + kind + "/" + name))
                        .as(name)
                        .isTrue();
            }
        }
    }

    @Test
    void an_answer_has_all_its_fields_and_no_others() {
        var answers = new TreeSet<String>();
        DOCUMENT.path("paths")
                .forEach(path -> path.forEach(operation -> operation
                        .path("responses")
                        .forEach(response -> reach(ApiDescription.resolved(response), answers))));
        var parts = new TreeSet<String>();
        SCHEMAS.forEach(schema -> references(schema.path("allOf"), parts));
        assertThat(answers).hasSizeGreaterThan(40);
        for (String reference : answers) {
            JsonNode schema = DOCUMENT.at(reference.substring(1));
            if (schema.path("type").asString("").equals("object")) {
                Set<String> required = schema.path("required")
                        .valueStream()
                        .map(JsonNode::asString)
                        .collect(Collectors.toSet());
                assertThat(required)
                        .as(reference)
                        .containsExactlyInAnyOrderElementsOf(
                                schema.path("properties").propertyNames());
                String closed = schema.has("allOf") ? "unevaluatedProperties" : "additionalProperties";
                assertThat(parts.contains(reference)
                                || (schema.path(closed).isBoolean()
                                        && !schema.path(closed).asBoolean()))
                        .as(reference + " is closed")
                        .isTrue();
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Location | {\"city\": \"Berlin\", \"country\": null} | true",
                "Location | {\"city\": \"Berlin\", \"country\": null, \"street\": null} | false",
                "Location | {\"city\": \"Berlin\"} | false",
                "Location | {\"city\": 5, \"country\": null} | false",
                "CampaignPage | {\"data\": [], \"nextCursor\": null, \"hasMore\": false} | true",
                "CampaignPage | {\"data\": [{}], \"nextCursor\": null, \"hasMore\": false} | false",
                "Time | \"2026-01-31T12:00:00Z\" | true",
                "Time | \"2026-01-31T12:00:00+01:00\" | false",
                "Time | \"yesterday, Z\" | false"
            })
    void an_answer_that_is_not_as_described_is_noticed(String schema, String value, boolean isRight) {
        JsonNode answer = JsonMapper.builder().build().readTree(value);
        var check = assertThatCode(() -> ApiDescription.valid("answer", "#/components/schemas/" + schema, answer));
        if (isRight) {
            check.doesNotThrowAnyException();
        } else {
            check.isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void every_operation_has_a_name_a_tag_and_a_summary_of_its_own() {
        var names = new java.util.ArrayList<String>();
        var tags = DOCUMENT.path("tags")
                .valueStream()
                .map(tag -> tag.path("name").asString())
                .toList();
        DOCUMENT.path("paths")
                .forEach(path -> path.properties().stream()
                        .filter(entry -> !entry.getKey().equals("parameters"))
                        .map(java.util.Map.Entry::getValue)
                        .forEach(operation -> {
                            names.add(operation.path("operationId").asString());
                            assertThat(operation.path("summary").asString()).isNotBlank();
                            assertThat(tags)
                                    .contains(operation.path("tags").path(0).asString());
                        }));
        assertThat(names).doesNotHaveDuplicates().doesNotContain("");
    }

    /** References of a node, and of what they lead to. */
    private static void reach(JsonNode node, Set<String> found) {
        var here = new TreeSet<String>();
        references(node, here);
        for (String reference : here) {
            if (reference.startsWith("#/components/schemas/") && found.add(reference)) {
                reach(DOCUMENT.at(reference.substring(1)), found);
            }
        }
    }

    private static void references(JsonNode node, Set<String> found) {
        if (node.path("$ref").isString()) {
            found.add(node.path("$ref").asString());
        }
        node.forEach(child -> references(child, found));
    }
}
