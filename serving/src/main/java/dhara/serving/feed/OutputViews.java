package dhara.serving.feed;

import dhara.connectors.Aside;
import dhara.connectors.RowFormat;
import dhara.ledger.LedgerRows;
import dhara.pipelines.Analysis;
import dhara.pipelines.Output;
import dhara.serving.views.ColumnType;
import dhara.serving.views.ServedView;
import dhara.serving.views.ServedView.Kind;
import dhara.serving.views.ViewColumn;
import dhara.serving.views.ViewColumn.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.Field;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.logicaltypes.MicrosInstant;

/** The views of an analysis: its outputs, and what its runs write beside them. */
final class OutputViews {

  static final String START = "window_start";
  static final String END = "window_end";
  static final String REVISION = "revision";

  /** Computed for each answer that is read. */
  private static final List<ViewColumn> STATE =
      List.of(
          new ViewColumn("answer_state", ColumnType.TEXT, Role.STATE),
          new ViewColumn("revisable_until", ColumnType.INSTANT, Role.STATE));

  private OutputViews() {}

  /** All of an analysis; first its outputs in their order. */
  static List<ServedView> of(Analysis<?> analysis) {
    List<ServedView> views = new ArrayList<>();
    analysis.outputs().forEach(output -> views.add(answers(analysis, output)));
    views.add(view(analysis, Aside.LATE, Kind.LATE, RowFormat.late()));
    views.add(view(analysis, Aside.DEAD_LETTERS, Kind.DEAD_LETTERS, RowFormat.deadLetters()));
    views.add(view(analysis, Aside.LEDGER, Kind.LEDGER, LedgerRows.format()));
    return views;
  }

  /** The view of an output of an analysis, or of what is beside them, by its name. */
  static Optional<ServedView> of(Analysis<?> analysis, String output) {
    return of(analysis).stream().filter(view -> view.output().equals(output)).findFirst();
  }

  private static <K extends Record, V extends Record> ServedView answers(
      Analysis<?> analysis, Output<K, V> output) {
    return output.acts()
        ? view(
            analysis, output.name(), Kind.EFFECTS, RowFormat.effects(output.key(), output.value()))
        : view(
            analysis, output.name(), Kind.ANSWERS, RowFormat.answers(output.key(), output.value()));
  }

  private static ServedView view(
      Analysis<?> analysis, String output, Kind kind, RowFormat<?> format) {
    boolean answers = kind == Kind.ANSWERS || kind == Kind.EFFECTS;
    Schema schema = format.schema();
    List<ViewColumn> keys = new ArrayList<>();
    List<ViewColumn> others = new ArrayList<>();
    int window = answers ? schema.indexOf(START) : -1;
    for (Field field : schema.getFields()) {
      String name = field.getName();
      boolean key = answers ? schema.indexOf(name) < window : format.keyColumns().contains(name);
      Role role = key ? Role.KEY : answers ? role(name) : Role.VALUE;
      if (format.revisionColumn().isPresent() && name.equals(REVISION)) {
        role = Role.REVISION;
      }
      (key ? keys : others).add(new ViewColumn(name, type(field.getType()), role));
    }
    List<ViewColumn> columns = new ArrayList<>(keys);
    others.stream()
        .filter(column -> column.role() == Role.REVISION && !answers)
        .forEach(columns::add);
    others.stream()
        .filter(column -> answers || column.role() != Role.REVISION)
        .forEach(columns::add);
    if (answers) {
      columns.addAll(STATE);
    }
    String name = analysis.name() + "." + output;
    return new ServedView(
        name,
        analysis.name(),
        output,
        analysis.domain(),
        analysis.summary(),
        kind,
        table(name),
        columns);
  }

  private static Role role(String column) {
    return column.equals(START) || column.equals(END) ? Role.WINDOW : Role.VALUE;
  }

  /** The name of a view in SQL. */
  static String table(String view) {
    return view.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "_");
  }

  /** Answers of an unknown analysis. */
  static ServedView ofAnswers(String name, List<ViewColumn> columns) {
    List<ViewColumn> all = new ArrayList<>(columns);
    all.addAll(STATE);
    return new ServedView(name, "", "", "", "", Kind.ANSWERS, table(name), all);
  }

  private static ColumnType type(FieldType type) {
    return switch (type.getTypeName()) {
      case BYTE, INT16, INT32, INT64 -> ColumnType.LONG;
      case FLOAT, DOUBLE -> ColumnType.DOUBLE;
      case DECIMAL -> ColumnType.DECIMAL;
      case BOOLEAN -> ColumnType.BOOLEAN;
      case DATETIME -> ColumnType.INSTANT;
      case ARRAY, ITERABLE, MAP, ROW -> ColumnType.JSON;
      case STRING, BYTES -> ColumnType.TEXT;
      case LOGICAL_TYPE ->
          type.getLogicalType().getIdentifier().equals(MicrosInstant.IDENTIFIER)
              ? ColumnType.INSTANT
              : ColumnType.TEXT; // dates and durations, as ISO 8601 writes them
    };
  }
}
