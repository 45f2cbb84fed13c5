package dhara.serving.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dhara.serving.rows.Cells;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a user's SQL may do: one SELECT that reads served views and calls functions that compute.
 *
 * <p>The database parses the statement itself ({@code json_serialize_sql}, which takes nothing but
 * SELECT), so the fence and the database never read it differently. Every part of the parsed
 * statement must be of a kind that is allowed; what is not known is refused. Names that a {@code
 * WITH} introduces must mean nothing else in the database: otherwise a reference out of their scope
 * would read that table.
 *
 * <p>It is the first of three fences. The second is a read-only transaction, the third a database
 * that is opened without access to files, extensions and settings.
 */
final class SqlFence {

  /** The longest statement, in characters. */
  static final int LONGEST = 16_384;

  private static final String FUNCTIONS = "sql-functions.txt";

  /** A name that cannot be taken for a file. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private static final Set<String> EXPRESSIONS =
      Set.of(
          "BETWEEN",
          "CASE",
          "CAST",
          "COLLATE",
          "COLUMN_REF",
          "COMPARISON",
          "CONJUNCTION",
          "CONSTANT",
          "FUNCTION",
          "LAMBDA",
          "LAMBDA_REF",
          "OPERATOR",
          "POSITIONAL_REFERENCE",
          "STAR",
          "SUBQUERY",
          "TYPE",
          "WINDOW");

  /** Kinds of queries, of what follows FROM, and of what follows it. */
  private static final Set<String> KINDS =
      Set.of(
          "SELECT_NODE",
          "SET_OPERATION_NODE",
          "RECURSIVE_CTE_NODE",
          "CTE_NODE",
          "BASE_TABLE",
          "SUBQUERY",
          "JOIN",
          "TABLE_FUNCTION",
          "EXPRESSION_LIST",
          "EMPTY",
          "PIVOT",
          "LIMIT_MODIFIER",
          "LIMIT_PERCENT_MODIFIER",
          "ORDER_MODIFIER",
          "DISTINCT_MODIFIER",
          "ASCENDING",
          "DESCENDING",
          "ORDER_DEFAULT");

  private static final Set<String> TABLE_FUNCTIONS = Set.of("unnest", "range", "generate_series");

  /** The part that holds the text of a constant, and no expressions. */
  private static final Set<String> DATA = Set.of("literal");

  private final Set<String> functions = functions();

  /** The functions that may be called, in lower case. */
  static Set<String> functions() {
    try (var in = SqlFence.class.getResourceAsStream(FUNCTIONS)) {
      if (in == null) {
        throw new IllegalStateException(FUNCTIONS + " is missing beside " + SqlFence.class);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("# "))
          .flatMap(line -> Pattern.compile(" +").splitAsStream(line.strip()))
          .filter(word -> !word.isEmpty())
          .map(word -> word.toLowerCase(Locale.ROOT))
          .collect(Collectors.toUnmodifiableSet());
    } catch (IOException e) {
      throw new IllegalStateException(FUNCTIONS + " cannot be read", e);
    }
  }

  /**
   * Checks a statement.
   *
   * @param session that parses it
   * @param tables the names in SQL of the served views
   * @throws Refusal if it may not be run, with the reason
   */
  void check(Connection session, String sql, Set<String> tables) throws SQLException {
    if (sql.length() > LONGEST) {
      throw new Refusal(
          Refusal.TOO_LARGE, "a statement has at most " + LONGEST + " characters; shorten it");
    }
    JsonNode parsed = parse(session, sql);
    if (parsed.path("error").asBoolean()) {
      throw Refusal.bad(parseError(parsed));
    }
    if (parsed.path("statements").size() != 1) {
      throw Refusal.bad(
          "one SELECT is run at a time, and here are "
              + parsed.path("statements").size()
              + "; send each by itself");
    }
    JsonNode statement = parsed.path("statements").get(0);
    Set<String> allowed = new HashSet<>();
    tables.forEach(table -> allowed.add(table.toLowerCase(Locale.ROOT)));
    Set<String> introduced = new TreeSet<>();
    introduced(statement, introduced);
    introduced.removeAll(allowed);
    for (String name : introduced) {
      if (!NAME.matcher(name).matches() || means(session, name)) {
        throw Refusal.bad("WITH " + name + " AS: choose another name, of letters and digits");
      }
    }
    allowed.addAll(introduced);
    walk(statement, allowed);
  }

  private static JsonNode parse(Connection session, String sql) throws SQLException {
    try (PreparedStatement statement =
        session.prepareStatement("select json_serialize_sql(cast(? as varchar))")) {
      statement.setString(1, sql);
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        return Cells.JSON.readTree(result.getString(1));
      }
    } catch (JsonProcessingException e) {
      throw new Refusal(
          Refusal.BAD_REQUEST, "the statement is nested too deeply; write it flatter", e);
    }
  }

  private static String parseError(JsonNode parsed) {
    String message = parsed.path("error_message").asText();
    return message.contains("SELECT")
        ? "only SELECT is run here: " + oneLine(message)
        : "the statement cannot be read: " + oneLine(message);
  }

  /** The first line of a message of the database. */
  static String oneLine(String message) {
    return message
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .findFirst()
        .orElse("");
  }

  /** Adds the names that WITH introduces anywhere in a statement. */
  private static void introduced(JsonNode node, Set<String> names) {
    for (JsonNode entry : node.path("cte_map").path("map")) {
      names.add(entry.path("key").asText().toLowerCase(Locale.ROOT));
    }
    for (JsonNode child : node) {
      introduced(child, names);
    }
  }

  /** Whether a name is that of something in the database, so that it can be selected from. */
  private static boolean means(Connection session, String name) {
    try (PreparedStatement statement = session.prepareStatement("from \"" + name + "\"")) {
      return statement.getMetaData() != null;
    } catch (SQLException e) {
      return false; // there is no such table, which is what is asked
    }
  }

  private void walk(JsonNode node, Set<String> tables) {
    if (node.path("type").asText().equals("TABLE_FUNCTION")) {
      JsonNode function = node.path("function");
      function(function, TABLE_FUNCTIONS, " in place of a table");
      walk(function.path("arguments"), tables);
      walk(function.path("children"), tables);
    } else if (node.isObject()) {
      check(node, tables);
      for (Iterator<Map.Entry<String, JsonNode>> fields = node.fields(); fields.hasNext(); ) {
        Map.Entry<String, JsonNode> field = fields.next();
        if (!DATA.contains(field.getKey())) {
          walk(field.getValue(), tables);
        }
      }
    } else {
      for (JsonNode child : node) {
        walk(child, tables);
      }
    }
  }

  private void check(JsonNode node, Set<String> tables) {
    JsonNode kind = node.path("class");
    if (kind.isTextual()) {
      if (!EXPRESSIONS.contains(kind.asText())) {
        throw Refusal.bad(
            "the statement has a " + spoken(kind) + ", which is not allowed; write it without");
      }
      if (node.has("function_name")) {
        function(node, functions, "");
      }
      if (kind.asText().equals("TYPE")) {
        unqualified(node, "type_name");
      }
      return;
    }
    JsonNode type = node.path("type");
    if (!type.isTextual()) {
      return;
    }
    if (!KINDS.contains(type.asText())) {
      throw Refusal.bad(
          "the statement has a " + spoken(type) + ", which is not allowed; write it without");
    }
    if (type.asText().equals("BASE_TABLE")) {
      table(node, tables);
    }
  }

  private static void table(JsonNode node, Set<String> tables) {
    String schema = node.path("schema_name").asText();
    String name = node.path("table_name").asText();
    boolean known =
        node.path("catalog_name").asText().isEmpty()
            && (schema.isEmpty() || schema.equalsIgnoreCase("main"))
            && node.at("/qualified_name/path").size() <= (schema.isEmpty() ? 1 : 2)
            && tables.contains(name.toLowerCase(Locale.ROOT));
    if (!known) {
      throw Refusal.bad(
          "there is no table "
              + (schema.isEmpty() ? "" : schema + ".")
              + name
              + "; GET /api/views lists the tables");
    }
  }

  private static void function(JsonNode node, Set<String> allowed, String where) {
    String name = node.path("function_name").asText();
    unqualified(node, "function_name");
    if (!allowed.contains(name.toLowerCase(Locale.ROOT))) {
      throw Refusal.bad(
          "the function "
              + name
              + " is not allowed"
              + where
              + "; /api/openapi.json lists those that are");
    }
  }

  /** Refuses names of types and functions with a schema before them. */
  private static void unqualified(JsonNode node, String field) {
    if (!(node.path("schema").asText() + node.path("catalog").asText()).isEmpty()
        || node.at("/qualified_name/path").size() > 1) {
      throw Refusal.bad(
          "write " + node.path(field).asText() + " without a schema or database before it");
    }
  }

  private static String spoken(JsonNode kind) {
    return kind.asText().replace('_', ' ');
  }
}
